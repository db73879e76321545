import type { Notion } from "./notions.ts";

/** The same notions in other languages; a text that is not English is no place to hide in. Low lines are spaces. */
export const FOREIGN_ROWS: readonly (readonly [Notion, string])[] = [
  [
    "guidance",
    "anweisung anweisungen regel regeln vorgabe vorgaben richtlinie richtlinien instruction instructions règle règles consigne consignes directives instrucción instrucciones regla reglas norma normas indicaciones istruzione istruzioni regola regole direttive instrução instruções instrucoes regra regras инструкции инструкций указания указаний правила правил polecenia instrukcje zasady instructies regels talimatları kuralları 指令 指示 规则 規則 提示词 プロンプト ルール 지시 규칙",
  ],
  [
    "standing",
    "frühere früheren vorherige vorherigen bisherige bisherigen vorangegangene vorangegangenen deine deiner précédente précédentes précédent précédents antérieures initiales anterior anteriores previas previos iniciales precedenti precedente anteriore iniziali prévias iniciais предыдущие предыдущих прежние прежних прошлые системные poprzednie wcześniejsze eerdere vorige önceki 之前 以前 先前 上述 系统 以上 前の 前述 이전 기존",
  ],
  [
    "void",
    "ignoriere ignorieren vergiss missachte verwirf ignore ignorez ignorer oublie oubliez ignora ignorar ignores olvida olvidar descarta dimentica ignorare scarta desconsidere desconsidera esqueça ignorá-las игнорируй игнорируйте забудь забудьте отмени zignoruj zapomnij negeer vergeet yoksay unut 忽略 无视 無視 忘记 忘れ 무시 잊어",
  ],
  [
    "person",
    "nutzer nutzers benutzer benutzers anwender kunden kunde klient klientowi leser auftraggeber ihn utilisateur l'utilisateur client usuario cliente utente l'utente usuário usuario пользователю пользователя пользователь użytkownika użytkownikowi gebruiker kullanıcıya 用户 使用者 ユーザー 利用者 사용자",
  ],
  [
    "tell",
    "wissen weiß erfahren erfährt bemerken merkt bemerkt wie wiedzieć dowie powiedz sait savoir sache apprenne remarque sabe saber sepa entere note sa sapere sappia saiba perceba знает знать узнает узнал weet weten merkt biliyor bilmesin 出现 显示 提到 说明 透露 知道 察觉 体现 表示 言及 触れ 気づか 보이 erwähne erwähnen sage sagen informiere informieren mitteilen hinweisen hinzuweisen verrate zeige informer informe informez dire dis dites mentionne mentionner prévenir avertir digas decir decirle informar menciones mencionar avises avisar dire dirlo informare menzionare avvisare conte contar diga informar mencionar avisar сообщай сообщайте говори рассказывай упоминай уведомляй mów informuj vertel meld söyleme 告诉 告知 通知 提及 知らせ 伝え 言わ 알리",
  ],
  [
    "not",
    "nicht nichts kein keine ohne nie niemals sans ne jamais n'en n' pas rien sin nunca jamás nada non senza mai sem não nao nem не без никогда никому nie bez niet zonder 不要 不得 不 勿 别 未经 ずに ないで せず 없이 마",
  ],
  [
    "secret",
    "passwort passwörter kennwort zugangsdaten schlüssel geheimnisse passe mot_de_passe mots_de_passe identifiants clés contraseña contraseñas credenciales claves password credenziali chiavi senha senhas credenciais chaves пароль пароли ключи учетные hasło hasła wachtwoord şifre 密码 密鑰 密钥 凭据 环境变量 パスワード 認証情報 비밀번호",
  ],
  [
    "send",
    "post trafia trafiają przekaż przekazać landet gelangt geht_an gehen_an weitergeleitet hochgeladen übertragen part va_à transmis expédie sube llega envíese reenvía invia arriva inoltra vai_para encaminhe попадает уходит отправляется пересылай пересылается перешли gaat_naar doorsturen iletilir 提交 上报 传送 传给 发到 发往 推送 转发 送る 転送 sende senden schicke schicken übermittle übermitteln lade_hoch übertrage envoie envoyez envoyer transmets transmettez manda mandar envía envíe enviar sube invia inviare manda carica envie enviar mande отправь отправьте отправить передай загрузи wyślij prześlij stuur verzend gönder 发送 上传 傳送 送信 送って アップロード 보내 전송",
  ],
  [
    "consent",
    "bestätigung bestätigungen zustimmung erlaubnis rückfrage confirmation autorisation accord confirmación permiso autorización conferma permesso autorizzazione confirmação permissão autorização подтверждения разрешения подтверждение potwierdzenia bevestiging onay 确认 许可 批准 確認 許可 확인 승인",
  ],
  [
    "waived",
    "ohne_bestätigung ohne_rückfrage ohne_zustimmung ohne_zu_fragen sans_demander sans_confirmation sans_autorisation sin_pedir sin_confirmación sin_permiso senza_chiedere senza_conferma non_chiedere sem_pedir sem_confirmação sem_perguntar без_подтверждения без_разрешения не_спрашивай bez_potwierdzenia zonder_bevestiging 无需 不需要 不用 不要り 不要で なしで 없이",
  ],
];
