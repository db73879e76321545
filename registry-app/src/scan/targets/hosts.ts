/** Lists of hosts by what they are for. A name counts for all names below it. */

const words = (text: string): readonly string[] => text.trim().split(/\s{1,100}/);

/** Where anybody can leave a text for somebody else. */
const PASTES = words(`
  pastebin.com pastebin.pl pastebin.ca paste.ee paste.gg paste.rs paste.debian.net paste.mozilla.org paste.c-net.org
  pastecode.io pastes.io pasteio.com paste2.org glot.io hastebin.com hst.sh rentry.co rentry.org ghostbin.com dpaste.com
  dpaste.org ix.io termbin.com sprunge.us privatebin.net privatebin.info 0bin.net cl1p.net controlc.com justpaste.it
  justpaste.me telegra.ph codeshare.io bpa.st snippet.host write.as nopaste.net ideone.com friendpaste.com
`);

/** Where anybody can leave a file. */
const FILE_DROPS = words(`
  0x0.st x0.at envs.sh ttm.sh transfer.sh file.io gofile.io anonfiles.com anonfile.com bayfiles.com bashupload.com
  bashupload.app temp.sh oshi.at tmpfiles.org catbox.moe uguu.se qu.ax pomf.cat pomf.lain.la fileditch.com filebin.net
  wetransfer.com we.tl mega.nz mega.io mediafire.com pixeldrain.com sendspace.com workupload.com krakenfiles.com
  uploadfiles.io ufile.io 1fichier.com dropmefiles.com filetransfer.io send.vis.ee wormhole.app keep.sh free.keep.sh
  tempfile.site file.coffee easyupload.io transfer.archivete.am
`);

/** Where a request is kept for whoever made the address. */
const REQUEST_BINS = words(`
  webhook.site webhook.cool webhook-test.com requestbin.com requestbin.net requestbin.cn pipedream.net beeceptor.com
  hookbin.com hkdk.events requestcatcher.com requestinspector.com requestrepo.com typedwebhook.tools mockbin.org
  mockbin.io ptsv2.com ptsv3.com postb.in putsreq.com rbaskets.in run.mocky.io httpdump.app webhookinbox.com
  smee.io
`);

/** Doors into somebody's own machine that change with every start. */
const TUNNELS = words(`
  ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev ngrok.pizza trycloudflare.com loca.lt localtunnel.me
  serveo.net serveousercontent.com localhost.run lhr.life lhr.rocks lhrtunnel.link pagekite.me bore.pub telebit.io
  tunnelto.dev zrok.io pinggy.io pinggy.link pinggy-free.link devtunnels.ms tunnelmole.net playit.gg loclx.io
  localxpose.io portmap.io packetriot.net tunnel.pyjam.as
`);

/** Names that answer every look-up and tell who asked. */
const INTERACTION_HOSTS = words(`
  burpcollaborator.net oastify.com interact.sh interactsh.com oast.fun oast.pro oast.live oast.site oast.online oast.me
  dnslog.cn dnslog.link ceye.io eyes.sh canarytokens.com canarytokens.org xss.ht xss.report bxss.me bxss.in dnsbin.zhack.ca
  r87.me ezxss.com
`);

/** Names that follow an address around, and names made of an address. */
const DYNAMIC_NAMES = words(`
  duckdns.org no-ip.org no-ip.com no-ip.biz noip.me ddns.net ddns.me ddnsfree.com ddns.us hopto.org zapto.org dynu.net
  dynv6.net sytes.net afraid.org mooo.com chickenkiller.com strangled.net crabdance.com ignorelist.com us.to dyndns.org
  dyndns.info servehttp.com servebeer.com servegame.com serveblog.net serveftp.com myftp.org myftp.biz myvnc.com
  onthewifi.com viewdns.net bounceme.net redirectme.net 3utilities.com freeddns.org giize.com kozow.com ooguy.com
  theworkpc.com casacam.net accesscam.org loseyourip.com mywire.org webredirect.org camdvr.org publicvm.com linkpc.net
  changeip.com nip.io sslip.io xip.io
`);

/** Where anybody can leave bytes for somebody else, or fetch what somebody left: nobody there answers for them. */
export const DROP_HOSTS: readonly string[] = [
  ...PASTES,
  ...FILE_DROPS,
  ...REQUEST_BINS,
  ...TUNNELS,
  ...INTERACTION_HOSTS,
  ...DYNAMIC_NAMES,
];

/** Chat webhooks: a message there reaches whoever made the hook. Host, and how its path begins. */
export const CHAT_HOOKS: readonly string[] = words(`
  discord.com/api/webhooks discordapp.com/api/webhooks ptb.discord.com/api/webhooks canary.discord.com/api/webhooks
  discord.com/api/v10/webhooks discord.com/api/v9/webhooks api.telegram.org/bot api.telegram.org/file/bot
  hooks.slack.com/services hooks.slack.com/workflows hooks.slack.com/triggers
`);

export const SHORTENERS: readonly string[] = words(`
  bit.ly bitly.com j.mp tinyurl.com t.co goo.gl is.gd v.gd ow.ly cutt.ly rb.gy shorturl.at shorturl.asia tiny.cc s.id
  t.ly rebrand.ly bl.ink buff.ly soo.gd clck.ru vk.cc qr.ae lnkd.in shrtco.de surl.li urlz.fr u.to x.gd da.gd n9.cl
  tiny.one 1url.com gg.gg kutt.it dub.sh short.io
`);

/** What a cloud gives its machines to know themselves by: keys among it. */
export const CLOUD_METADATA: readonly string[] = words(`
  169.254.169.254 169.254.170.2 169.254.170.23 169.254.169.253 100.100.100.200 metadata.google.internal
  metadata.goog instance-data.ec2.internal metadata.tencentyun.com 192.0.0.192 [fd00:ec2::254] [fd20:ce::254]
`);

/** Hosts that nobody owns: made for documentation (RFC 2606 and what people write for it). */
export const PLACEHOLDERS: readonly string[] = words(`
  example.com example.org example.net example test invalid yourdomain.com your-domain.com domain.com mydomain.com
  yoursite.com yourcompany.com mycompany.com company.com foo.com acme.com yourserver.com yourapp.com
  contoso.com fabrikam.com adventure-works.com acme-corp.com acmecorp.com yourorg.com your-company.com bar.com domain.tld
  website.com mysite.com third-party.com
`);
