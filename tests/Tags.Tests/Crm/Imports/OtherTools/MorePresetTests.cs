using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using State = Crm.Contacts.V1.Consent.Types.State;
using Tool = Crm.Contacts.V1.ImportOptions.Types.Tool;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>What presets read in cells: faults 2, 3, 4, 10, 14 and 15 of the files that a fresh reader tried.</summary>
public sealed class MorePresetTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Brevo_writes_phones_without_plus()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Brevo, "EMAIL;SMS;WHATSAPP\nann@example.org;436601234567;436601234568\nben@example.org;+436601234569;00436601234570\ncyd@example.org;0660123;\n");

        Assert.Equal(["+436601234567", "+436601234569", "0660123"], await EachAsync(account, 3, contact => contact.Phone));
        Assert.Equal(["+436601234568", "+436601234570"], await EachAsync(account, 2, contact => contact.Fields.Fields["WHATSAPP"].StringValue));
        Assert.Equal(Type.Text, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal("+436601234567", await account.QueryAsync<string>(
            "SELECT coalesce(phone_key, phone) FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name AND contact_id = 1"));
    }

    [Fact]
    public async Task Phones_without_plus_can_be_named()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { PhonesWithoutPlus = { "msisdn" }, Columns = { ["MSISDN"] = "phone" } };

        await Importer.RunAsync(account.Apps, account.Name, options, "email,MSISDN\nann@example.org,436601234567\n");

        Assert.Equal("+436601234567", (await account.GetContactAsync(1)).Phone);
    }

    [Fact]
    public async Task Listmonk_keeps_fields_in_JSON_and_times_as_Go_prints_them()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Listmonk, """"
            uuid,email,name,attributes,status,created_at,updated_at
            u1,ann@example.org,Ann Lee,"{""city"":""Graz"",""age"":41,""vip"":true,""likes"":[""tea"",""cake""],""job"":{""title"":""CEO""},""email"":""other@example.org""}",enabled,2023-03-04 10:20:30.123456 +0000 UTC,2023-03-05 10:20:30.123456 +0000 UTC
            u2,ben@example.org,Ben,{},blocklisted,2023-03-04 10:20:30.123456 +0100 CET,2023-03-05 10:20:30.123456 +0000 UTC
            """");

        Assert.Empty(result.Errors);
        Assert.Equal(
            ["age Number", "attributes.email Text", "city Text", "job.title Text", "likes Text", "vip Boolean"],
            result.Summary.FieldsCreated.Select(field => $"{field.Key} {field.Type}").Order(StringComparer.Ordinal));
        var (ann, ben) = (await account.GetContactAsync(1), await account.GetContactAsync(2));
        Assert.Equal(("Graz", 41, "ann@example.org"), (ann.Fields.Fields["city"].StringValue, ann.Fields.Fields["age"].NumberValue, ann.Email));
        Assert.Equal((10, 9), (ann.CreateTime.ToDateTime().Hour, ben.CreateTime.ToDateTime().Hour));
        Assert.Equal(State.Unsubscribed, StateOf(ben, Channel.Email));
    }

    [Fact]
    public async Task A_cell_that_is_no_object_stays_in_its_column()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(
            account.Apps, account.Name, new() { JsonColumns = { "data" } }, "email;data\nann@example.org;\"{\"\"city\"\":\"\"Graz\"\"}\"\nben@example.org;broken {\n");

        Assert.Equal("Graz", (await account.GetContactAsync(1)).Fields.Fields["city"].StringValue);
        Assert.DoesNotContain("data", (await account.GetContactAsync(1)).Fields.Fields.Keys);
        Assert.Equal("broken {", (await account.GetContactAsync(2)).Fields.Fields["data"].StringValue);
    }

    [Fact]
    public async Task Keila_has_data_and_a_status()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Keila, """"
            Email,First name,Last name,Data,Status
            ann@example.org,Ann,Lee,"{""city"":""Graz""}",active
            ben@example.org,Ben,Day,,unsubscribed
            cyd@example.org,Cyd,Poe,"{""tags"":[""a"",""b""]}",unreachable
            """");

        Assert.Equal((3, 2), (result.Summary.Created, result.Summary.RefusalsFound));
        Assert.Equal([State.Never, State.Unsubscribed, State.Unsubscribed], await EachAsync(account, 3, contact => StateOf(contact, Channel.Email)));
        Assert.Equal("Graz", (await account.GetContactAsync(1)).Fields.Fields["city"].StringValue);
    }

    [Fact]
    public async Task Keila_exports_what_its_template_for_imports_has()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Keila, """"
            Email,First name,Last name,Data,External ID
            jane@example.com,Jane,Doe,"{""marketing_consent"": true, ""age"": 34, ""birthplace"": ""Paris"", ""tags"":[""rocket-scientist""]}",k1
            john@example.com,John,Smith,"{""birthplace"": ""Berlin"", ""tags"":[""book-enthusiast""]}",k2
            """");

        Assert.Empty(result.Errors);
        Assert.Equal(["k1", "k2"], await EachAsync(account, 2, contact => contact.ExternalId));
        Assert.Equal((34, "Paris"), ((await account.GetContactAsync(1)).Fields.Fields["age"].NumberValue, (await account.GetContactAsync(1)).Fields.Fields["birthplace"].StringValue));
    }

    [Fact]
    public async Task Klaviyo_exports_a_profile_with_all_its_properties()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        // The columns of an export of a list, in its order.
        var result = await ImportAsync(account, Tool.Klaviyo, """
            Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,City,State / Region,Country,Zip Code,Latitude,Longitude,Source,IP Address,Email Marketing Consent,Email Marketing Consent Timestamp,Historic Customer Lifetime Value,Total Customer Lifetime Value,Predicted Customer Lifetime Value,Average Order Value,Historic Number Of Orders,First Active,Last Active,Profile Created On,Date Added,Last Open,Last Click,Average Days Between Orders,Email Suppressions
            ann@example.org,01AAA,Ann,Lee,Acme,CEO,+436601111111,Main Street 1,,Graz,,AT,08010,47.07,15.43,Website,192.0.2.1,SUBSCRIBED,2025-09-01 12:00:00,100.00,150.00,200.00,50.00,3,2025-09-01 12:00:00,2025-09-06 15:30:00,2025-09-01 12:00:00,2025-09-02 12:00:00,2025-09-06 10:15:00,2025-09-05 14:20:00,30,
            ben@example.org,01BBB,Ben,,,,,,,,,,,,,,,SUBSCRIBED,2025-09-01 12:00:00,,,,,,,,2025-09-01 12:00:00,2025-09-02 12:00:00,,,,USER_SUPPRESSED
            cyd@example.org,01CCC,Cyd,,,,,,,,,,,,,,,NEVER_SUBSCRIBED,,,,,,,,,2025-09-01 12:00:00,,,,,HARD_BOUNCE
            dan@example.org,01DDD,Dan,,,,,,,,,,,,,,,UNSUBSCRIBED,2025-09-03 12:00:00,,,,,,,,2025-09-01 12:00:00,,,,,
            """);

        Assert.Empty(result.Errors);
        Assert.Equal((4, 3), (result.Summary.Created, result.Summary.RefusalsFound));
        Assert.Equal(
            [State.Subscribed, State.Unsubscribed, State.Unsubscribed, State.Unsubscribed], await EachAsync(account, 4, contact => StateOf(contact, Channel.Email)));
        Assert.Equal(["01AAA", "01BBB", "01CCC", "01DDD"], await EachAsync(account, 4, contact => contact.ExternalId));
        Assert.Equal("08010", (await account.GetContactAsync(1)).Fields.Fields["Zip Code"].StringValue);
    }

    [Fact]
    public async Task HubSpot_joins_checkboxes_by_semicolons_and_gives_reasons_of_bounces()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Hubspot, """
            Record ID,Email,Favorite colors,Notes,Merged IDs,Additional emails,Email hard bounce reason
            51,ann@example.org,red;dark blue,Call back; then close,1;2,a@example.org;b@example.org,
            52,ben@example.org,red,,3,,UNKNOWN_USER
            """);

        var colors = Assert.Single(result.Summary.FieldsCreated, field => field.Key == "Favorite colors");
        Assert.Equal((Type.MultipleChoice, "dark blue red"), (colors.Type, string.Join(' ', colors.Choices)));
        Assert.All(result.Summary.FieldsCreated.Where(field => field.Key is "Notes" or "Merged IDs" or "Additional emails"), field => Assert.Equal(Type.Text, field.Type));
        Assert.Equal(["dark blue", "red"], (await account.GetContactAsync(1)).Fields.Fields["Favorite colors"].ListValue.Values.Select(value => value.StringValue));
        Assert.Equal([State.Never, State.Unsubscribed], await EachAsync(account, 2, contact => StateOf(contact, Channel.Email)));
        Assert.Contains(result.Summary.Notices, notice => notice.Kind == Kind.ValuesGuessed && notice.Column == "Favorite colors");
        // The plan is repeated without a change.
        Assert.Equal(2, (await ImportAsync(account, Tool.Hubspot, "Record ID,Email,Favorite colors\n51,ann@example.org,red;dark blue\n52,ben@example.org,red\n")).Summary.Unchanged);
    }

    [Fact]
    public async Task A_column_without_values_makes_no_field_whose_type_the_next_file_would_have_to_take()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        const string header = "Email Address,Birthday,OPTIN_TIME,LATITUDE";
        var options = new ImportOptions { From = Tool.Mailchimp, FileName = "cleaned_1.csv", Columns = { ["Notes"] = "fields.Notes" } };

        var first = await Importer.RunAsync(account.Apps, account.Name, options, $"{header},CLEAN_TIME,Notes\nann@example.org,,,,2023-01-01 00:00:00,\n");
        var second = await Importer.RunAsync(
            account.Apps, account.Name, new() { From = Tool.Mailchimp, FileName = "subscribed_1.csv" }, $"{header}\nben@example.org,04/17,2023-01-01 00:00:00,47.07\ncyd@example.org,12/31,2023-01-01 00:00:00,1.5\n");

        // Somebody who names a field wants it.
        Assert.Equal(["Notes"], first.Summary.FieldsCreated.Select(field => field.Key));
        Assert.Equal(["Birthday YearlyDay", "LATITUDE Number"], second.Summary.FieldsCreated.Select(field => $"{field.Key} {field.Type}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task HighLevel_lists_channels_of_do_not_disturb()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Highlevel, "Contact Id,Email,DND\na,ann@example.org,Email\nb,ben@example.org,\"Email, SMS\"\nc,cyd@example.org,All\n");

        Assert.Equal((3, 3), (result.Summary.Created, result.Summary.RefusalsFound));
        Assert.Equal([State.Unsubscribed, State.Unsubscribed, State.Unsubscribed], await EachAsync(account, 3, contact => StateOf(contact, Channel.Email)));
        Assert.Equal([State.Never, State.Unsubscribed, State.Unsubscribed], await EachAsync(account, 3, contact => StateOf(contact, Channel.Sms)));
        Assert.Equal(new[] { false, false, true }, await EachAsync(account, 3, contact => contact.DoNotDisturb));
    }

    [Fact]
    public async Task Mautic_lists_channels_of_do_not_contact()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Mautic, "id,email,doNotContact\n1,ann@example.org,email: bounced\n2,ben@example.org,sms\n3,cyd@example.org,0\n");

        Assert.Equal(3, result.Summary.Created);
        Assert.Equal([State.Unsubscribed, State.Never, State.Never], await EachAsync(account, 3, contact => StateOf(contact, Channel.Email)));
        Assert.Equal([State.Never, State.Unsubscribed, State.Never], await EachAsync(account, 3, contact => StateOf(contact, Channel.Sms)));
    }

    [Theory]
    [InlineData("Email Suppressions", "HARD_BOUNCE")]
    [InlineData("Suppression Reason", "Unsubscribed")]
    [InlineData("Date Suppressed", "2023-03-04 10:20:30")]
    [InlineData("Suppressed", "true")]
    public async Task Klaviyo_suppresses_whatever_consent_says(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, Tool.Klaviyo, $"Email,Klaviyo ID,Email Marketing Consent,{header}\nann@example.org,1,SUBSCRIBED,{value}\nben@example.org,2,SUBSCRIBED,\n");

        Assert.Equal([State.Unsubscribed, State.Subscribed], await EachAsync(account, 2, contact => StateOf(contact, Channel.Email)));
    }

    private static Task<Importer> ImportAsync(TestAccount account, Tool tool, string text) =>
        Importer.RunAsync(account.Apps, account.Name, new() { From = tool, FileName = "file.csv" }, text);

    private static async Task<T[]> EachAsync<T>(TestAccount account, int contacts, Func<Contact, T> read) =>
        [.. (await Task.WhenAll(Enumerable.Range(1, contacts).Select(account.GetContactAsync))).Select(read)];

    private static State StateOf(Contact contact, Channel channel) => contact.Consents.SingleOrDefault(consent => consent.Channel == channel)?.State ?? State.Never;
}
