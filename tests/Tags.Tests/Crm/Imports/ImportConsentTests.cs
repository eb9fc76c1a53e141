using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Who opted out elsewhere does not arrive mailable: C4 of the reports about other people's files.</summary>
public sealed class ImportConsentTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("Status", "unsubscribed")]
    [InlineData("Status", "cleaned")]
    [InlineData("Status", "Unsubscribed")]
    [InlineData("email_status", "bounced")]
    [InlineData("Member Status", "non-subscribed")]
    [InlineData("opt_out", "yes")]
    [InlineData("OPT-OUT", "1")]
    [InlineData("Opted in", "no")]
    [InlineData("UNSUB_TIME", "2024-05-01 10:20:30")]
    [InlineData("Unsubscribed at", "2024-05-01")]
    [InlineData("Subscribed", "false")]
    [InlineData("Email Marketing Consent", "UNSUBSCRIBED")]
    [InlineData("Unsubscribed from all email", "true")]
    [InlineData("status", "blocklisted")]
    [InlineData("Newsletter", "opted out")]
    [InlineData("Email Permission Status", "Unsubscribed")]
    [InlineData("state", "UNSUBSCRIBED")]
    [InlineData("Newsletter state", "hard bounced")]
    [InlineData("Mailing list", "cleaned")]
    public async Task An_opt_out_that_no_option_maps_is_taken_and_said(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header}\nann@example.org,{value}\nben@example.org,\n");

        Assert.Equal([State.Unsubscribed, State.Never], await StatesAsync(account, Channel.Email));
        Assert.Equal(1, result.Summary.RefusalsFound);
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((ImportNotice.Types.Kind.RefusalsTaken, header, 1), (notice.Kind, notice.Column, notice.Rows));
        // The column is a field as before, too.
        Assert.Equal([header], result.Summary.FieldsCreated.Select(field => field.Key));
    }

    [Theory]
    [InlineData("Status", "pending")]
    [InlineData("Status", "archived")]
    [InlineData("Status", "no")]
    [InlineData("Marketing", "no")]
    [InlineData("Status", "subscribed")]
    [InlineData("Status", "VIP")]
    [InlineData("city", "unsubscribed")]
    [InlineData("state", "out")]
    [InlineData("Order status", "removed")]
    [InlineData("Newsletter state", "no")]
    [InlineData("opt_out", "no")]
    [InlineData("Subscribed", "true")]
    [InlineData("UNSUB_TIME", "-")]
    public async Task A_column_that_says_nothing_of_opt_outs_changes_no_consent(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header}\nann@example.org,{value}\n");

        Assert.Equal([State.Never], await StatesAsync(account, Channel.Email));
        Assert.Equal(0, result.Summary.RefusalsFound);
        Assert.Empty(result.Summary.Notices);
    }

    [Fact]
    public async Task A_guess_names_the_values_that_it_does_not_understand()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new(), "email,Status\na@example.org,unsubscribed\nb@example.org,gone fishing\nc@example.org,subscribed\n");

        Assert.Contains("gone fishing", Assert.Single(result.Summary.Notices).Message, StringComparison.Ordinal);
        Assert.Equal([State.Unsubscribed, State.Never, State.Never], await StatesAsync(account, Channel.Email));
    }

    [Fact]
    public async Task A_column_that_is_mapped_to_a_field_is_only_that()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { Columns = { ["Status"] = "fields.Status" } }, "email,Status\na@example.org,unsubscribed\n");

        Assert.Empty(result.Summary.Notices);
        Assert.Equal([State.Never], await StatesAsync(account, Channel.Email));
    }

    [Fact]
    public async Task A_mapped_column_gives_and_withdraws_consent_with_time_and_source()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions
        {
            FileName = "members.csv",
            Columns = { ["Mail"] = "consent.email", ["When"] = "consent.email.time", ["From"] = "consent.email.source", ["Texts"] = "opt_out.sms" },
        };

        await Importer.RunAsync(
            account.Apps,
            account.Name,
            options,
            "email,Mail,When,From,Texts\na@example.org,subscribed,2024-05-01T10:00:00Z,fair,\nb@example.org,no,2023-01-02,,2022-02-03\nc@example.org,never,,,no\n");

        var (first, second, third) = (await ConsentsAsync(account, 1), await ConsentsAsync(account, 2), await ConsentsAsync(account, 3));
        Assert.Equal((State.Subscribed, "fair", "2024-05-01T10:00:00"), Shown(first[0]));
        Assert.Equal((State.Unsubscribed, "import, Mail: no", "2023-01-02T00:00:00"), Shown(second[0]));
        Assert.Equal((State.Unsubscribed, "import, Texts: 2022-02-03", "2022-02-03T00:00:00"), Shown(second[1]));
        Assert.All(third, consent => Assert.Equal(State.Never, consent.State));
        // The history proves it, also for a contact that was created with it.
        var history = await account.Apps.Contacts.ListConsentHistoryAsync(new() { Account = account.Name, ContactId = 1 });
        Assert.Equal((State.Subscribed, "members.csv"), (history.Changes[0].Consent.State, history.Changes[0].Cause.Detail));
    }

    [Fact]
    public async Task What_a_mapped_column_cannot_say_is_an_error_of_its_row()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Columns = { ["s"] = "consent.email", ["t"] = "consent.email.time", ["o"] = "opt_out.sms" } };

        var result = await Importer.RunAsync(
            account.Apps, account.Name, options, "email,s,t,o\na@example.org,maybe,,\nb@example.org,subscribed,2999-01-01,\nc@example.org,,,later\nd@example.org,yes,,no\n");

        Assert.Equal(["s", "t", "o"], result.Errors.Select(error => error.Column));
        Assert.Equal("maybe", result.Errors[0].Value);
        Assert.Equal(1, result.Summary.Created);
    }

    [Theory]
    [InlineData(false, State.Unsubscribed, true, 1)]
    [InlineData(true, State.Subscribed, false, 0)]
    public async Task An_import_loosens_a_refusal_only_if_it_is_told_to(bool loosens, State expected, bool doNotDisturb, int kept)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "1", Email = "a@example.org", DoNotDisturb = true });
        await account.Apps.Contacts.SetConsentAsync(
            new() { Account = account.Name, ContactId = 1, Consent = new() { Channel = Channel.Email, State = State.Unsubscribed, Source = "link" } });
        var options = new ImportOptions { ExternalIdColumn = "id", Columns = { ["mail"] = "consent.email" }, LoosenRefusals = loosens };

        var result = await Importer.RunAsync(account.Apps, account.Name, options, "id,mail,dnd,city\n1,subscribed,false,Graz\n");

        var contact = await account.GetContactAsync(1);
        Assert.Equal((expected, doNotDisturb), (contact.Consents[0].State, contact.DoNotDisturb));
        Assert.Equal((kept, 1), (result.Summary.RefusalsKept, result.Summary.Updated));
        Assert.Equal("Graz", contact.Fields.Fields["city"].StringValue);
    }

    [Fact]
    public async Task A_statement_that_is_older_than_the_contacts_own_changes_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "1" });
        await account.Apps.Contacts.SetConsentAsync(
            new() { Account = account.Name, ContactId = 1, Consent = new() { Channel = Channel.Email, State = State.Subscribed, Source = "form" } });

        await Importer.RunAsync(
            account.Apps, account.Name, new() { ExternalIdColumn = "id", Columns = { ["out"] = "opt_out.email" } }, "id,out\n1,2020-01-01\n");

        Assert.Equal((State.Subscribed, "form"), ((await ConsentsAsync(account, 1))[0].State, (await ConsentsAsync(account, 1))[0].Source));
    }

    [Fact]
    public async Task C4_the_time_of_a_subscription_is_not_that_of_the_refusal_beside_it()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "1" });
        await account.Apps.Contacts.SetConsentAsync(
            new() { Account = account.Name, ContactId = 1, Consent = new() { Channel = Channel.Email, State = State.Subscribed, Source = "form" } });
        var options = new ImportOptions
        {
            ExternalIdColumn = "id",
            Columns = { ["consent"] = "consent.email", ["since"] = "consent.email.time", ["suppressed"] = "opt_out.email" },
        };

        await Importer.RunAsync(account.Apps, account.Name, options, "id,consent,since,suppressed\n1,subscribed,2020-01-01,yes\n2,unsubscribed,2020-01-01,yes\n");

        var (first, second) = ((await ConsentsAsync(account, 1))[0], (await ConsentsAsync(account, 2))[0]);
        Assert.Equal((State.Unsubscribed, State.Unsubscribed), (first.State, second.State));
        Assert.NotEqual(2020, first.Time.ToDateTime().Year);
        Assert.Equal(2020, second.Time.ToDateTime().Year);
    }

    [Fact]
    public async Task Of_two_rows_of_a_contact_the_refusal_counts()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(
            account.Apps,
            account.Name,
            new() { MatchEmail = true, Columns = { ["s"] = "consent.email" } },
            "email,s\na@example.org,unsubscribed\na@example.org,subscribed\nb@example.org,subscribed\nb@example.org,unsubscribed\n");

        Assert.Equal([State.Unsubscribed, State.Unsubscribed], await StatesAsync(account, Channel.Email));
    }

    [Theory]
    [InlineData(ImportOptions.Types.Existing.Update)]
    [InlineData(ImportOptions.Types.Existing.Keep)]
    [InlineData(ImportOptions.Types.Existing.Skip)]
    public async Task C4_the_refusal_of_a_bad_row_counts_and_nothing_else_of_it(ImportOptions.Types.Existing existing)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { Email = "a@example.org" });
        var options = new ImportOptions { MatchEmail = true, Existing = existing, Types_ = { ["n"] = Field.Types.Type.Number } };

        var result = await Importer.RunAsync(
            account.Apps, account.Name, options, "email,Status,n,city\na@example.org,unsubscribed,x,Graz\nb@example.org,unsubscribed,x,Graz\na@example.org,,1,\n");

        Assert.Equal((2, 0, 1), (result.Summary.Failed, result.Summary.Created, result.Summary.RefusalsFound));
        Assert.Equal([State.Unsubscribed], await StatesAsync(account, Channel.Email));
        Assert.DoesNotContain("city", (await account.GetContactAsync(1)).Fields?.Fields.Keys ?? []);
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { MatchEmail = true, Columns = { ["s"] = "consent.email" } };
        const string file = "email,s,opt_out_sms\na@example.org,unsubscribed,\nb@example.org,subscribed,\n";
        await Importer.RunAsync(account.Apps, account.Name, options, file);
        var position = await account.PositionAsync();

        var again = await Importer.RunAsync(account.Apps, account.Name, options, file);

        Assert.Equal((2, position), (again.Summary.Unchanged, await account.PositionAsync()));
    }

    private static async Task<State[]> StatesAsync(TestAccount account, Channel channel)
    {
        var contacts = await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name });
        return [.. contacts.Contacts.OrderBy(contact => contact.ContactId).Select(contact => contact.Consents.Single(consent => consent.Channel == channel).State)];
    }

    private static async Task<IList<Consent>> ConsentsAsync(TestAccount account, int contactId) => (await account.GetContactAsync(contactId)).Consents;

    private static (State State, string Source, string Time) Shown(Consent consent) =>
        (consent.State, consent.Source, consent.Time.ToDateTime().ToString("s", System.Globalization.CultureInfo.InvariantCulture));
}
