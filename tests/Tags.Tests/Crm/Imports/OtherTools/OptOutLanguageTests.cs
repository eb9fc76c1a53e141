using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>
/// Opt-outs in every language of the table: in a column of status, of a newsletter, of refusals, and of their dates (C4). Who agreed or is on no list stays as they
/// are in all of them.
/// </summary>
public sealed class OptOutLanguageTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private static readonly (string Language, string Status, string Refused, string Agreed, string Newsletter, string No, string Yes, string OptOut, string Date)[] s_languages =
    [
        ("en", "Status", "unsubscribed", "subscribed", "Newsletter", "no", "yes", "Opted out", "Unsubscribed on"),
        ("de", "Status", "abgemeldet", "angemeldet", "Newsletter", "nein", "ja", "Abgemeldet", "Abmeldedatum"),
        ("fr", "Statut", "désinscrit", "inscrit", "Infolettre", "non", "oui", "Désabonné", "Date de désinscription"),
        ("es", "Estado", "dado de baja", "suscrito", "Boletín", "no", "sí", "Dado de baja", "Fecha de baja"),
        ("it", "Stato", "disiscritto", "iscritto", "Newsletter", "no", "sì", "Disiscritto", "Data disiscrizione"),
        ("pt", "Situação", "descadastrado", "inscrito", "Newsletter", "não", "sim", "Descadastrado", "Data de descadastro"),
        ("nl", "Status", "uitgeschreven", "ingeschreven", "Nieuwsbrief", "nee", "ja", "Afgemeld", "Uitschrijfdatum"),
        ("pl", "Status", "wypisany", "zapisany", "Newsletter", "nie", "tak", "Wypisany", "Data rezygnacji"),
        ("cs", "Stav", "odhlášen", "přihlášen", "Odběr novinek", "ne", "ano", "Odhlášen", "Datum odhlášení"),
        ("sk", "Stav", "odhlásený", "prihlásený", "Odber noviniek", "nie", "áno", "Odhlásený", "Dátum odhlásenia"),
        ("hu", "Állapot", "leiratkozott", "feliratkozott", "Hírlevél", "nem", "igen", "Leiratkozott", "Leiratkozás dátuma"),
        ("hr", "Stanje", "odjavljen", "prijavljen", "Bilten", "ne", "da", "Odjavljen", "Datum odjave"),
        ("sl", "Stanje", "odjavljena", "prijavljena", "E-novice", "ne", "da", "Odjavljen", "Datum odjave"),
        ("ro", "Stare", "dezabonat", "abonat", "Buletin informativ", "nu", "da", "Dezabonat", "Data dezabonării"),
        ("bg", "Състояние", "отписан", "абониран", "Бюлетин", "не", "да", "Отписан", "Дата на отписване"),
        ("sv", "Status", "avregistrerad", "anmäld", "Nyhetsbrev", "nej", "ja", "Avregistrerad", "Avregistreringsdatum"),
        ("da", "Status", "afmeldt", "tilmeldt", "Nyhedsbrev", "nej", "ja", "Frameldt", "Afmeldelsesdato"),
        ("nb", "Status", "meldt av", "påmeldt", "Nyhetsbrev", "nei", "ja", "Avmeldt", "Avmeldingsdato"),
        ("fi", "Tila", "Peruutettu", "Tilaaja", "Uutiskirje", "ei", "kyllä", "Uutiskirje peruttu", "Tilaus peruutettu"),
        ("et", "Olek", "loobunud", "tellija", "Uudiskiri", "ei", "jah", "Loobunud", "Loobumise kuupäev"),
        ("lv", "Statuss", "atrakstījies", "abonents", "Jaunumu vēstule", "nē", "jā", "Atrakstījies", "Atrakstīšanās datums"),
        ("lt", "Būsena", "atsisakė", "prenumeruoja", "Naujienlaiškis", "ne", "taip", "Atsisakė prenumeratos", "Atsisakymo data"),
        ("tr", "Durum", "abonelikten çıktı", "abone", "Bülten", "hayır", "evet", "Abonelikten çıktı", "Abonelikten çıkış tarihi"),
        ("el", "Κατάσταση", "απεγγεγραμμένος", "εγγεγραμμένος", "Ενημερωτικό δελτίο", "όχι", "ναι", "Απεγγραφή", "Ημερομηνία απεγγραφής"),
        ("ru", "Статус", "отписался", "подписан", "Рассылка", "нет", "да", "Отписан", "Дата отписки"),
        ("uk", "Статус", "відписався", "підписаний", "Розсилка", "ні", "так", "Відписаний", "Дата відписки"),
        ("ja", "ステータス", "配信停止", "購読中", "メルマガ", "いいえ", "はい", "配信停止", "配信停止日"),
        ("zh", "状态", "已退订", "已订阅", "邮件订阅", "否", "是", "退订", "退订时间"),
        ("ko", "상태", "수신거부", "구독중", "뉴스레터", "아니요", "예", "수신거부", "수신거부일"),
    ];

    public static TheoryData<string, string, string, string> Columns
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var (language, status, refused, agreed, newsletter, no, yes, optOut, date) in s_languages)
            {
                data.Add(language, status, refused, agreed);
                data.Add(language, newsletter, no, yes);
                data.Add(language, optOut, yes, no);
                data.Add(language, date, "2023-04-05", "");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task Who_opted_out_does_not_arrive_mailable(string language, string header, string refused, string agreed)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email\t{header}\n{language}@example.org\t{refused}\nben@example.org\t{agreed}\n");

        Assert.Equal([State.Unsubscribed, State.Never], [await StateAsync(account, 1), await StateAsync(account, 2)]);
        var notice = Assert.Single(result.Summary.Notices, notice => notice.Kind == Kind.RefusalsTaken);
        Assert.Equal((header, 1), (notice.Column, notice.Rows));
    }

    [Theory]
    [InlineData("Status", "cancelled")]
    [InlineData("Status", "blocked")]
    [InlineData("Estado", "cancelado")]
    [InlineData("Status", "gekündigt")]
    [InlineData("Stav", "zrušeno")]
    public async Task A_word_that_may_refuse_in_a_column_of_anything_is_said(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email\t{header}\nann@example.org\t{value}\nben@example.org\tx\n");

        Assert.Equal(State.Never, await StateAsync(account, 1));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.ValuesInDoubt, header, 1), (notice.Kind, notice.Column, notice.Rows));
        Assert.Contains(value, notice.Message, StringComparison.Ordinal);
        Assert.Contains("consent.email", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Status", "shipped")]
    [InlineData("State", "IN")]
    [InlineData("Status", "gold")]
    [InlineData("Stav", "nový")]
    public async Task Other_words_say_nothing(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email\t{header}\nann@example.org\t{value}\n");

        Assert.Empty(result.Summary.Notices);
    }

    private static async Task<State> StateAsync(TestAccount account, int contactId) =>
        (await account.GetContactAsync(contactId)).Consents.SingleOrDefault(consent => consent.Channel == Channel.Email)?.State ?? State.Never;
}
