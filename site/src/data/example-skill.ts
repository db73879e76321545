/** The smallest skill that publishes, as commands to paste into a clone of a source. */
export const EXAMPLE_SKILL = `mkdir -p skills/hello
cat > skills/hello/SKILL.md <<'END'
---
name: hello
description: Greets people by name. Use when somebody asks for a greeting.
---

Say hello to the person, by name.
END
git add skills/hello
git commit -m 'feat(hello): greet by name'`;

export const EXAMPLE_RELEASE = `git tag -s hello--v1.0.0 -m 'First release'
git push origin main hello--v1.0.0`;
