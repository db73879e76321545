/**
 * Our own signatures, for what no grammar of ours reads: machine code, and programs in other languages. Each asks for
 * several traits together; one word alone stands in too many honest files. `in` of the table below says where it counts.
 */
export const YARA_RULES = String.raw`
rule reverse_shell {
  strings:
    $tcp = /(ba|z|k)?sh -i[ \t]{0,4}[0-9]?[>&]{1,2}[ \t]{0,4}\/dev\/(tcp|udp)\/[0-9A-Za-z.$-]{3,60}\/[0-9]{1,5}/
    $nc = /\bn(c|cat)[ \t]{1,4}(-[a-z]{1,4}[ \t]{1,4}){0,3}-[a-z]{0,3}e[ \t]{1,4}\/bin\/(ba)?sh/
    $perl = /use Socket;.{1,200}socket\(.{1,200}exec[ (]{1,3}["']\/bin\/(ba)?sh/ nocase
    $ruby = /TCPSocket\.(open|new)\(.{1,120}exec[ (].{0,20}\/bin\/(ba)?sh/
    $php = /fsockopen\(.{1,120}(shell_)?(exec|passthru|proc_open)\(.{0,20}\/bin\/(ba)?sh/
  condition:
    any of them
}
rule web_shell {
  strings:
    $php = /\b(eval|assert|system|passthru|shell_exec|exec|popen)[ \t]{0,4}\([ \t]{0,4}(@?base64_decode[ \t]{0,4}\([ \t]{0,4})?\$_(GET|POST|REQUEST|COOKIE|SERVER)\b/
    $jsp = /Runtime\.getRuntime\(\)\.exec\([ \t]{0,4}request\.getParameter\(/
    $asp = /\b(eval|execute)[ \t]{0,4}\(?[ \t]{0,4}request(\.form|\.querystring)?[ \t]{0,4}[(\[]/ nocase
  condition:
    any of them
}
rule miner {
  strings:
    $pool = /stratum\+(tcp|ssl|tls):\/\// nocase
    $a = "xmrig" nocase
    $b = "donate-level"
    $c = "randomx" nocase
    $d = "cryptonight" nocase
    $e = "nicehash" nocase
    $f = "mining.subscribe"
  condition:
    $pool and any of ($a, $b, $c, $d, $e, $f)
}
rule packed_with_upx {
  strings:
    $mark = "UPX!"
    $zero = "UPX0"
    $one = "UPX1"
    $said = "packed with the UPX"
  condition:
    $mark and ($said or ($zero and $one)) and
    (uint32(0) == 0x464c457f or uint16(0) == 0x5a4d or uint32(0) == 0xfeedfacf)
}
rule browser_stealer {
  strings:
    $a = "Login Data" ascii wide
    $b = "Local State" ascii wide
    $c = "encrypted_key" ascii wide
    $d = "Web Data" ascii wide
    $e = "logins.json" ascii wide
    $f = "key4.db" ascii wide
    $g = "SELECT origin_url" ascii wide
    $h = "cookies.sqlite" ascii wide
    $out1 = "api.telegram.org/bot" ascii wide
    $out2 = "/api/webhooks/" ascii wide
    $out3 = "multipart/form-data" ascii wide
  condition:
    4 of ($a, $b, $c, $d, $e, $f, $g, $h) and any of ($out*)
}
rule wallet_stealer {
  strings:
    $a = "nkbihfbeogaeaoehlefnkodbefgpgknn" ascii wide
    $b = "Exodus/exodus.wallet" ascii wide nocase
    $c = "Electrum/wallets" ascii wide nocase
    $d = "Exodus\\exodus.wallet" ascii wide nocase
    $e = "Electrum\\wallets" ascii wide nocase
    $f = "bfnaelmomeimhlpmgjnjophhpkkoljpa" ascii wide
    $g = "wallet.dat" ascii wide
    $h = "Ledger Live" ascii wide
  condition:
    3 of them
}
rule process_injection {
  strings:
    $a = "VirtualAllocEx"
    $b = "WriteProcessMemory"
    $c = "CreateRemoteThread"
    $d = "NtUnmapViewOfSection"
    $e = "QueueUserAPC"
  condition:
    uint16(0) == 0x5a4d and $a and $b and any of ($c, $d, $e)
}
rule remote_control {
  strings:
    $a = "ReflectiveLoader"
    $b = "meterpreter" nocase
    $c = "beacon.x64.dll"
    $d = "metsrv.dll"
    $e = "%s as %s\\%s: %d"
  condition:
    2 of them and filesize < 20MB
}
rule key_logger {
  strings:
    $a = "SetWindowsHookEx"
    $b = "GetAsyncKeyState"
    $c = "GetForegroundWindow"
    $d = "CGEventTapCreate"
    $send1 = "InternetOpenUrl"
    $send2 = "HttpSendRequest"
    $send3 = "smtp." nocase
    $send4 = "NSURLSession"
  condition:
    (uint16(0) == 0x5a4d or uint32(0) == 0xfeedfacf) and
    (($a and $b and $c) or $d) and any of ($send*)
}
rule password_prompt {
  strings:
    $a = "with hidden answer"
    $b = "display dialog"
    $c = "osascript"
    $d = "dscl . authonly"
    $e = "login.keychain-db"
  condition:
    (uint32(0) == 0xfeedfacf or uint32(0) == 0xbebafeca) and $b and $c and any of ($a, $d, $e)
}
rule ransom {
  strings:
    $a = /your (personal )?files (have been|are) encrypted/ nocase ascii wide
    $b = "vssadmin delete shadows" nocase ascii wide
    $c = "wbadmin delete catalog" nocase ascii wide
    $d = /[a-z2-7]{16,56}\.onion/ ascii wide
    $e = "bcdedit /set {default} recoveryenabled no" nocase ascii wide
  condition:
    2 of them
}
rule private_key {
  strings:
    $a = /-----BEGIN (RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\r?\n[A-Za-z0-9+\/=]{60,76}\r?\n[A-Za-z0-9+\/=]{20,76}/
  condition:
    $a
}
`;

/** Where a signature counts: in machine code, in programs that no grammar of ours reads, or in any file. */
export type SignatureScope = "binary" | "unread" | "any";

export const SIGNATURE_SCOPES: Readonly<Record<string, SignatureScope>> = {
  reverse_shell: "unread",
  web_shell: "unread",
  miner: "unread",
  packed_with_upx: "binary",
  browser_stealer: "unread",
  wallet_stealer: "unread",
  process_injection: "binary",
  remote_control: "binary",
  key_logger: "binary",
  password_prompt: "binary",
  ransom: "unread",
  private_key: "any",
};
