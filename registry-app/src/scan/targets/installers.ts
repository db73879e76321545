/**
 * Installers that are the documented way to get a tool that everybody knows: the exact host, and how the path begins.
 * They count over TLS only.
 */
export const INSTALLERS: readonly string[] = `
  sh.rustup.rs win.rustup.rs static.rust-lang.org/rustup rustwasm.github.io/wasm-pack/installer
  astral.sh/ install.python-poetry.org pyenv.run bootstrap.pypa.io/ raw.githubusercontent.com/pyenv/
  repo.anaconda.com/ github.com/conda-forge/miniforge/ micro.mamba.pm/ pixi.sh/install
  raw.githubusercontent.com/nvm-sh/nvm/ raw.githubusercontent.com/creationix/nvm/ fnm.vercel.app/install get.volta.sh
  get.pnpm.io/install bun.sh/install bun.com/install deno.land/install deno.land/x/install deb.nodesource.com/
  rpm.nodesource.com/ raw.githubusercontent.com/tj/n/
  raw.githubusercontent.com/homebrew/install/ get.scoop.sh community.chocolatey.org/install.ps1 chocolatey.org/install.ps1
  get.sdkman.io mise.run mise.jdx.dev nixos.org/nix/install install.determinate.systems get.jetify.com
  get.docker.com get.chezmoi.io download.docker.com/ get.helm.sh raw.githubusercontent.com/helm/helm/ get.k3s.io dl.k8s.io/
  run.linkerd.io/install istio.io/downloadistio fluxcd.io/install.sh get.opentofu.org get.pulumi.com
  releases.hashicorp.com/ apt.releases.hashicorp.com/ rpm.releases.hashicorp.com/
  sdk.cloud.google.com dl.google.com/ packages.cloud.google.com/ awscli.amazonaws.com/ aka.ms/installazurecli
  packages.microsoft.com/ dot.net/ dotnet.microsoft.com/ code.visualstudio.com/
  fly.io/install railway.com/install railway.app/install cli.new cdn.coollabs.io/coolify/ openclaw.ai/install cli.doppler.com/install sh.vercel.com get.tur.so
  tailscale.com/install pkgs.tailscale.com/ cli.github.com/ downloads.1password.com/ sentry.io/get-cli
  ollama.com/install ollama.ai/install claude.ai/install cursor.com/install opencode.ai/install code.kimi.com
  gh.io/copilot-install zed.dev/install aka.ms/install-az aka.ms/install-artifacts aka.ms/downloadazcopy aka.ms/func-
  get.submariner.io get.rke2.io get.arkade.dev get.okteto.com dl.dagger.io/dagger/ get.dagger.io kots.io/install
  raw.githubusercontent.com/k3d-io/k3d/ raw.githubusercontent.com/tilt-dev/tilt/ raw.githubusercontent.com/kubernetes-sigs/
  raw.githubusercontent.com/argoproj/ raw.githubusercontent.com/infracost/infracost/ raw.githubusercontent.com/hashicorp/
  raw.githubusercontent.com/terraform-linters/ raw.githubusercontent.com/trufflesecurity/ raw.githubusercontent.com/securego/
  raw.githubusercontent.com/open-policy-agent/ raw.githubusercontent.com/jesseduffield/ moonrepo.dev/install/
  go.dev/dl/ get-ghcup.haskell.org install.julialang.org getcomposer.org/installer get.rvm.io get.zig.dev
  get.nextflow.io install.duckdb.org get.modular.com foundry.paradigm.xyz release.anza.xyz wasmtime.dev/install
  get.wasmer.io get.trunk.io starship.rs/install raw.githubusercontent.com/ohmyzsh/ just.systems/install.sh
  taskfile.dev/install.sh ohmyposh.dev/install golangci-lint.run/install.sh raw.githubusercontent.com/golangci/golangci-lint/
  raw.githubusercontent.com/aquasecurity/ raw.githubusercontent.com/anchore/ get.anchore.io
  dl.cloudsmith.io/public/ packagecloud.io/install/ get.maestro.mobile.dev gef.blah.cat/ raw.githubusercontent.com/rhysd/actionlint/ raw.githubusercontent.com/asdf-vm/ cli.codecov.io/
`
  .trim()
  .split(/\s{1,100}/);
