using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>
/// Opt-outs of files that are not in English, columns that refuse by having a value, and lists of channels: faults 1, 2 and 10 of the files that a fresh
/// reader tried.
/// </summary>
public sealed class OptOutWordTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("Abgemeldet", "ja")]
    [InlineData("Abgemeldet am", "01.02.2023")]
    [InlineData("Newsletter", "nein")]
    [InlineData("Newsletter abonniert", "nein")]
    [InlineData("Status", "abgemeldet")]
    [InlineData("Status", "hat sich abgemeldet")]
    [InlineData("E-Mail-Status", "Abbestellt")]
    [InlineData("Einwilligung", "widerrufen")]
    [InlineData("Werbeeinwilligung", "nein")]
    [InlineData("Werbesperre", "x")]
    [InlineData("Désabonné", "oui")]
    [InlineData("Désinscrit le", "2023-01-02")]
    [InlineData("Abonné", "non")]
    [InlineData("Statut", "désabonné")]
    [InlineData("Infolettre", "non")]
    [InlineData("Consentement marketing", "refusé")]
    [InlineData("Dado de baja", "sí")]
    [InlineData("Estado", "dado de baja")]
    [InlineData("Suscrito", "no")]
    [InlineData("Boletín", "no")]
    [InlineData("Disiscritto", "sì")]
    [InlineData("Stato", "Disiscritta")]
    [InlineData("Iscritto", "no")]
    [InlineData("Uitgeschreven", "ja")]
    [InlineData("Nieuwsbrief", "nee")]
    [InlineData("Status", "Afgemeld")]
    [InlineData("Descadastrado", "sim")]
    [InlineData("Assinante", "não")]
    [InlineData("Status", "descadastrado")]
    [InlineData("Wypisany", "tak")]
    [InlineData("Zgoda marketingowa", "nie")]
    [InlineData("Status", "wypisany")]
    [InlineData("Odhlášen", "ano")]
    [InlineData("Avregistrerad", "ja")]
    [InlineData("Avanmäld", "ja")]
    [InlineData("Status", "Frameldt")]
    [InlineData("Frameldt nyhedsbrev", "Ja")]
    [InlineData("Markkinointikielto", "kyllä")]
    [InlineData("Uutiskirje", "ei")]
    [InlineData("Розсилка", "ні")]
    [InlineData("Leiratkozott", "igen")]
    [InlineData("Odhlásený", "áno")]
    [InlineData("Odjavljen", "da")]
    [InlineData("Відписаний", "так")]
    [InlineData("Απεγγραφή", "Ναι")]
    [InlineData("ביטול מנוי", "כן")]
    [InlineData("إلغاء الاشتراك", "نعم")]
    [InlineData("Hủy đăng ký", "có")]
    [InlineData("Berhenti berlangganan", "ya")]
    [InlineData("Unsubscribed (newsletter)", "yes")]
    [InlineData("Status", "Unsubscribed by admin")]
    [InlineData("Email Hard Bounce Reason", "UNKNOWN_USER")]
    [InlineData("Email address automated quarantine reason", "SUSPICIOUS")]
    [InlineData("Invalid email address", "true")]
    [InlineData("Opt-out reason", "Too many messages")]
    [InlineData("Abmeldegrund", "kein Interesse")]
    [InlineData("Motif de désinscription", "trop d'e-mails")]
    [InlineData("Email Suppressions", "[HARD_BOUNCE]")]
    [InlineData("Suppression reason", "spam complaint")]
    [InlineData("Bounce Type", "Hard")]
    [InlineData("doNotContact", "email")]
    [InlineData("doNotContact", "SMS, e-mail")]
    [InlineData("配信停止", "○")]
    [InlineData("配信停止日", "2023/04/05")]
    [InlineData("メルマガ", "×")]
    [InlineData("メールマガジン", "配信停止")]
    [InlineData("メール配信希望", "希望しない")]
    [InlineData("ステータス", "購読解除")]
    [InlineData("ステータス", "退会済み")]
    [InlineData("オプトアウト", "はい")]
    [InlineData("メール配信への同意", "いいえ")]
    [InlineData("不達理由", "宛先不明")]
    [InlineData("状态", "已退订")]
    [InlineData("退订时间", "2023-04-05 10:20:30")]
    [InlineData("邮件订阅", "否")]
    [InlineData("수신거부", "예")]
    [InlineData("구독 상태", "수신거부")]
    [InlineData("Статус", "Отписан")]
    [InlineData("Рассылка", "нет")]
    [InlineData("Bülten", "hayır")]
    [InlineData("Durum", "Abonelikten ayrıldı")]
    [InlineData("Se canceló la suscripción a todos los correos electrónicos", "sí")]
    [InlineData("Cancelou a assinatura de todos os e-mails", "sim")]
    [InlineData("Estado de la suscripción", "Suscripción cancelada")]
    [InlineData("Stato iscrizione", "Iscrizione annullata")]
    public async Task Who_opted_out_in_any_words_does_not_arrive_mailable(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), $"email\t{header}\nann@example.org\t{value}\nben@example.org\t\n");

        Assert.Equal([State.Unsubscribed, State.Never], [await StateAsync(account, 1), await StateAsync(account, 2)]);
        var notice = Assert.Single(result.Summary.Notices, notice => notice.Kind == ImportNotice.Types.Kind.RefusalsTaken);
        Assert.Equal((header, 1), (notice.Column, notice.Rows));
    }

    [Theory]
    [InlineData("Abgemeldet", "nein")]
    [InlineData("Avanmäld", "nej")]
    [InlineData("Odjavljen", "ne")]
    [InlineData("Απεγγραφή", "όχι")]
    [InlineData("Відписаний", "ні")]
    [InlineData("Newsletter", "ja")]
    [InlineData("Status", "angemeldet")]
    [InlineData("Status", "nicht abgemeldet")]
    [InlineData("Désabonné", "non")]
    [InlineData("Estado", "Baden-Württemberg")]
    [InlineData("Werbung", "nein")]
    [InlineData("Email Hard Bounce Reason", "none")]
    [InlineData("Email Suppressions", "[]")]
    [InlineData("Suppressed", "false")]
    [InlineData("Unsubscribe link", "https://example.org/u/1")]
    [InlineData("Unsubscribed count", "1")]
    [InlineData("Phone opt-out", "yes")]
    [InlineData("Photo consent", "no")]
    [InlineData("Newsletter ID", "0")]
    [InlineData("Soft bounce reason", "mailbox full")]
    [InlineData("Unsubscribed at", "0000-00-00 00:00:00")]
    [InlineData("doNotContact", "call")]
    [InlineData("配信停止", "×")]
    [InlineData("メルマガ", "○")]
    [InlineData("ステータス", "配信停止していない")]
    [InlineData("ステータス", "無効")]
    [InlineData("購読状況", "購読中")]
    [InlineData("配信停止回数", "1")]
    [InlineData("電話同意", "いいえ")]
    [InlineData("状态", "已订阅")]
    [InlineData("구독 상태", "구독중")]
    [InlineData("Статус", "Подписан")]
    [InlineData("Статус заказа", "отказ")]
    [InlineData("状態", "東京都")]
    public async Task Who_did_not_opt_out_is_not_unsubscribed(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), $"email\t{header}\nann@example.org\t{value}\n");

        Assert.Equal(State.Never, await StateAsync(account, 1));
        Assert.DoesNotContain(result.Summary.Notices, notice => notice.Kind == ImportNotice.Types.Kind.RefusalsTaken);
    }

    [Fact]
    public async Task An_opt_out_that_is_not_understood_is_said()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), "email\tAbgemeldet\nann@example.org\tam Telefon\n");

        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal(("Abgemeldet", 0), (notice.Column, notice.Rows));
        Assert.Contains("am Telefon", notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_wants_contact_by_any_channel()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, new(), "email\tDo Not Contact\nann@example.org\tyes\n");

        Assert.Equal([State.Unsubscribed, State.Unsubscribed], [await StateAsync(account, 1), await StateAsync(account, 1, Channel.Sms)]);
    }

    [Theory]
    [InlineData("Email", false, State.Unsubscribed, State.Never)]
    [InlineData("SMS", false, State.Never, State.Unsubscribed)]
    [InlineData("Email, SMS", false, State.Unsubscribed, State.Unsubscribed)]
    [InlineData("Call;WhatsApp", false, State.Never, State.Never)]
    [InlineData("All", true, State.Unsubscribed, State.Unsubscribed)]
    [InlineData("true", true, State.Never, State.Never)]
    [InlineData("nein", false, State.Never, State.Never)]
    public async Task Do_not_disturb_may_list_channels(string value, bool doNotDisturb, State email, State sms)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), $"email\tDND\nann@example.org\t{value}\n");

        Assert.Equal((1, 0), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal(doNotDisturb, (await account.GetContactAsync(1)).DoNotDisturb);
        Assert.Equal((email, sms), (await StateAsync(account, 1), await StateAsync(account, 1, Channel.Sms)));
    }

    [Theory]
    [InlineData("email", State.Unsubscribed, State.Never)]
    [InlineData("sms", State.Never, State.Unsubscribed)]
    [InlineData("email|sms", State.Unsubscribed, State.Unsubscribed)]
    [InlineData("0", State.Never, State.Never)]
    [InlineData("ja", State.Unsubscribed, State.Never)]
    public async Task A_mapped_opt_out_may_list_channels(string value, State email, State sms)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { Columns = { ["out"] = "opt_out.email" } }, $"email\tout\nann@example.org\t{value}\n");

        Assert.Equal((1, 0), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal((email, sms), (await StateAsync(account, 1), await StateAsync(account, 1, Channel.Sms)));
    }

    [Fact]
    public async Task A_mapped_opt_out_that_is_no_list_refuses_its_row()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { Columns = { ["out"] = "opt_out.email" } }, "email\tout\nann@example.org\tperhaps\n");

        Assert.Equal((0, 1), (result.Summary.Created, result.Summary.Failed));
    }

    private static Task<Importer> ImportAsync(TestAccount account, ImportOptions options, string text) => Importer.RunAsync(account.Apps, account.Name, options, text);

    private static async Task<State> StateAsync(TestAccount account, int contactId, Channel channel = Channel.Email) =>
        (await account.GetContactAsync(contactId)).Consents.SingleOrDefault(consent => consent.Channel == channel)?.State ?? State.Never;
}
