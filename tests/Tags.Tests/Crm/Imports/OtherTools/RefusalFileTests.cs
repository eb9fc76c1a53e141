using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Lists of people who opted out say so by their name alone (the kind of row C4 of the page of faults): everybody in them arrived mailable.</summary>
public sealed class RefusalFileTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("unsubscribed.csv")]
    [InlineData("Unsubscribes (1).csv")]
    [InlineData("2024-05-01_contacts-unsubscribed.csv")]
    [InlineData("unsubscribed_email_audience_export_1a2b3c.csv")]
    [InlineData("suppression list.csv")]
    [InlineData("suppressed_profiles.csv")]
    [InlineData("email-opt-outs.csv")]
    [InlineData("Do not contact list.csv")]
    [InlineData("no_mail.csv")]
    [InlineData("blocklisted contacts.csv")]
    [InlineData("hard-bounces.txt")]
    [InlineData("Newsletter Abmeldungen 2024.csv")]
    [InlineData("abgemeldet.csv")]
    [InlineData("Désabonnés.csv")]
    [InlineData("liste désinscrits.csv")]
    [InlineData("lista-negra.csv")]
    [InlineData("descadastrados.csv")]
    [InlineData("配信停止リスト.csv")]
    [InlineData("退订.csv")]
    public async Task A_list_of_people_who_opted_out_unsubscribes_them_and_says_so(string name)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { FileName = name }, "email,city\nann@example.org,Graz\n");

        Assert.Equal((State.Unsubscribed, State.Never), (await StateAsync(account, Channel.Email), await StateAsync(account, Channel.Sms)));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.RefusalsTaken, ""), (notice.Kind, notice.Column));
        Assert.Contains("opt_out.email=no", notice.Message, StringComparison.Ordinal);
        Assert.Equal(notice, Assert.Single(result.Plan.Notices));
    }

    [Theory]
    [InlineData("")]
    [InlineData("contacts.csv")]
    [InlineData("subscribed.csv")]
    [InlineData("all contacts incl. unsubscribed.csv")]
    [InlineData("subscribed and unsubscribed.csv")]
    [InlineData("contacts without unsubscribed.csv")]
    [InlineData("unsubscribe form leads.csv")]
    [InlineData("cleaned_contacts.csv")]
    [InlineData("opt-in.csv")]
    [InlineData("substance.csv")]
    public async Task Other_names_say_nothing(string name)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { FileName = name }, "email,city\nann@example.org,Graz\n");

        Assert.Equal(State.Never, await StateAsync(account, Channel.Email));
        Assert.Empty(result.Summary.Notices);
    }

    [Theory]
    [InlineData("email,Subscribed\nann@example.org,yes\n")]
    [InlineData("email,Newsletter\nann@example.org,yes\n")]
    [InlineData("email,Unsubscribed at\nann@example.org,\n")]
    public async Task What_a_column_says_counts_more_than_the_name(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, new() { FileName = "unsubscribed.csv" }, file);

        Assert.Equal(State.Never, await StateAsync(account, Channel.Email));
    }

    [Theory]
    [InlineData("suppressed_profiles.csv", State.Unsubscribed)]
    [InlineData("blocklist.csv", State.Unsubscribed)]
    [InlineData("hard bounces.csv", State.Unsubscribed)]
    [InlineData("unsubscribed.csv", State.Subscribed)]
    public async Task Who_is_suppressed_is_so_whatever_a_column_of_consent_says(string name, State state)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(
            account, new() { FileName = name, From = ImportOptions.Types.Tool.Klaviyo }, "Email,Klaviyo ID,Email Marketing Consent\nann@example.org,1,SUBSCRIBED\n");

        Assert.Equal(state, await StateAsync(account, Channel.Email));
    }

    [Theory]
    [InlineData("consent.email", "never", State.Never)]
    [InlineData("consent.email", "subscribed", State.Subscribed)]
    [InlineData("opt_out.email", "no", State.Never)]
    public async Task An_option_overrules_the_name(string target, string value, State state)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { FileName = "unsubscribed.csv", Constants = { [target] = value } }, "email\nann@example.org\n");

        Assert.Equal(state, await StateAsync(account, Channel.Email));
        Assert.Empty(result.Summary.Notices);
    }

    [Fact]
    public async Task Numbers_of_phones_that_opted_out_are_refused_on_their_channel()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, new() { FileName = "sms_unsubscribed.csv" }, "phone\n+43 660 1234567\n");

        Assert.Equal((State.Never, State.Unsubscribed), (await StateAsync(account, Channel.Email), await StateAsync(account, Channel.Sms)));
    }

    private static Task<Importer> ImportAsync(TestAccount account, ImportOptions options, string text) => Importer.RunAsync(account.Apps, account.Name, options, text);

    private static async Task<State> StateAsync(TestAccount account, Channel channel) =>
        (await account.GetContactAsync(1)).Consents.SingleOrDefault(consent => consent.Channel == channel)?.State ?? State.Never;
}
