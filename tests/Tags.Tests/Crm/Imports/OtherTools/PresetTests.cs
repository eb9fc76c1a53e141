using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;
using Tool = Crm.Contacts.V1.ImportOptions.Types.Tool;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Files as other tools export them, with made-up people: C2, C4, C17 and their kind.</summary>
public sealed class PresetTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string MailchimpHeader =
        "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS";

    [Fact]
    public async Task Mailchimp_says_the_state_in_the_name_of_the_file()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var subscribed = await ImportAsync(account, Tool.Mailchimp, "subscribed_email_audience_export_1a2b3c.csv", $""""
            {MailchimpHeader}
            ann@example.org,Ann,Lee,"1 Main St  Graz  8010  AT",+43 660 1111111,04/17,5,,,"2021-03-04 10:20:30",10.0.0.1,47.07,15.43,1,2,Europe/Vienna,AT,Steiermark,"2024-01-02 03:04:05",421,a1b2c3,,"""VIP"",""Client, 2024"""
            """");
        var unsubscribed = await ImportAsync(account, Tool.Mailchimp, "unsubscribed_email_audience_export_1a2b3c.csv", $""""
            {MailchimpHeader.Replace(",TAGS", ",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,TAGS", StringComparison.Ordinal)}
            ben@example.org,Ben,,,,,2,,,"2020-01-01 00:00:00",10.0.0.2,,,,,,,,"2024-01-02 03:04:05",422,a1b2c4,,"2023-05-06 07:08:09",Spring,77,NORMAL,,"""VIP"""
            """");
        var cleaned = await ImportAsync(account, Tool.Mailchimp, "cleaned_email_audience_export_1a2b3c.csv", $""""
            {MailchimpHeader.Replace(",TAGS", ",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,TAGS", StringComparison.Ordinal)}
            cyd@example.org,Cyd,,,,,1,,,"2020-01-01 00:00:00",10.0.0.3,,,,,,,,"2024-01-02 03:04:05",423,a1b2c5,,"2023-06-07 08:09:10",Spring,77,
            """");

        Assert.Equal([1, 1, 1], new[] { subscribed, unsubscribed, cleaned }.Select(result => result.Summary.Created));
        Assert.Equal((State.Subscribed, "2021-03-04T10:20:30"), await ConsentAsync(account, 1));
        Assert.Equal((State.Unsubscribed, "2023-05-06T07:08:09"), await ConsentAsync(account, 2));
        Assert.Equal((State.Unsubscribed, "2023-06-07T08:09:10"), await ConsentAsync(account, 3));
        Assert.Equal(["Client, 2024", "VIP"], (await account.TagsOfAsync(1)).Order());
        var ann = await account.GetContactAsync(1);
        Assert.Equal(("Ann", "Lee", "Europe/Vienna"), (ann.FirstName, ann.LastName, ann.TimeZone));
        Assert.DoesNotContain(subscribed.Summary.FieldsCreated, field => field.Key is "LEID" or "EUID" or "TAGS");
    }

    [Fact]
    public async Task Who_is_in_a_Mailchimp_file_of_another_name_is_not_subscribed_by_it()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, Tool.Mailchimp, "nonsubscribed_email_audience_export_1.csv", "Email Address,TAGS\nann@example.org,\n");
        await ImportAsync(account, Tool.Mailchimp, "audience.csv", "Email Address,TAGS\nben@example.org,\n");

        Assert.Equal(State.Never, (await ConsentAsync(account, 1)).State);
        Assert.Equal(State.Never, (await ConsentAsync(account, 2)).State);
    }

    [Fact]
    public async Task HubSpot_has_ids_and_a_refusal_of_all_email()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Hubspot, "hubspot-crm-exports-all-contacts-2024-05-01.csv", """
            Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Favorite colors,Create Date,Unsubscribed from all email
            51,Ann,Lee,ann@example.org,+43 660 1111111,Max (max@example.com),NEW,red;blue,2023-01-02 10:20,
            52,Ben,,ben@example.org,,,,,2023-01-03 10:20,true
            53,Cyd,,cyd@example.org,,,,red,2023-01-04 10:20,false
            """);

        Assert.Equal(3, result.Summary.Created);
        Assert.Equal([State.Never, State.Unsubscribed, State.Never], await StatesAsync(account, 3));
        var ann = await account.GetContactAsync(1);
        Assert.Equal(("51", "ann@example.org", 2023), (ann.ExternalId, ann.Email, ann.CreateTime.ToDateTime().Year));
    }

    [Fact]
    public async Task Mautic_separates_tags_by_bars()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, Tool.Mautic, "contacts.csv", """
            id,title,firstname,lastname,company,position,email,mobile,phone,points,timezone,dateAdded,doNotContact,tags
            7,,Ann,Lee,Acme,CEO,ann@example.org,+43 660 1111111,+43 1 234567,12,Europe/Vienna,2023-01-02 10:20:30,0,vip|news
            8,,Ben,Day,,,ben@example.org,,,0,,2023-01-02 10:20:30,1,
            """);

        // The second phone is not lost.
        Assert.Equal("+43 1 234567", (await account.GetContactAsync(1)).Fields.Fields["phone (imported)"].StringValue);

        Assert.Equal([State.Never, State.Unsubscribed], await StatesAsync(account, 2));
        Assert.Equal(["news", "vip"], (await account.TagsOfAsync(1)).Order());
        Assert.Equal(("7", "+43 660 1111111"), await KeyAndPhoneAsync(account));
    }

    [Fact]
    public async Task Listmonk_has_one_name_and_blocks()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, Tool.Listmonk, "subscribers.csv", """"
            uuid,email,name,attributes,status,created_at,updated_at
            0b6ed3a0-0000-4000-8000-000000000001,ann@example.org,Ann van der Lee,"{""city"": ""Graz""}",enabled,2023-01-02T10:20:30.123456Z,2024-01-02T10:20:30.123456Z
            0b6ed3a0-0000-4000-8000-000000000002,ben@example.org,Ben,{},blocklisted,2023-01-02T10:20:30.123456Z,2024-01-02T10:20:30.123456Z
            0b6ed3a0-0000-4000-8000-000000000003,cyd@example.org,,{},disabled,2023-01-02T10:20:30.123456Z,2024-01-02T10:20:30.123456Z
            """");

        Assert.Equal(3, result.Summary.Created);
        Assert.Equal([State.Never, State.Unsubscribed, State.Unsubscribed], await StatesAsync(account, 3));
        var (ann, ben) = (await account.GetContactAsync(1), await account.GetContactAsync(2));
        Assert.Equal(("Ann", "van der Lee", "Ben", ""), (ann.FirstName, ann.LastName, ben.FirstName, ben.LastName));
        Assert.Equal("0b6ed3a0-0000-4000-8000-000000000001", ann.ExternalId);
    }

    [Fact]
    public async Task HighLevel_joins_tags_by_commas()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, Tool.Highlevel, "Export_Contacts_undefined_May_2024.csv", """
            Contact Id,First Name,Last Name,Phone,Email,Created,Last Activity,Tags,Additional Emails,Additional Phones,DND
            abcDEF123,Ann,Lee,+436601111111,ann@example.org,2023-01-02T10:20:30+01:00,,"hot lead,webinar",,,false
            abcDEF124,Ben,,,ben@example.org,2023-01-02T10:20:30+01:00,,,,,true
            """);

        Assert.Equal(["hot lead", "webinar"], (await account.TagsOfAsync(1)).Order());
        Assert.Equal((false, true), ((await account.GetContactAsync(1)).DoNotDisturb, (await account.GetContactAsync(2)).DoNotDisturb));
        Assert.Equal(("abcDEF123", "+436601111111"), await KeyAndPhoneAsync(account));
    }

    [Fact]
    public async Task Klaviyo_says_consent_with_its_time()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, Tool.Klaviyo, "profiles.csv", """
            Email,Klaviyo ID,First Name,Last Name,Phone Number,City,Profile Created On,Email Marketing Consent,Email Marketing Consent Timestamp,SMS Marketing Consent
            ann@example.org,01AAA,Ann,Lee,+436601111111,Graz,2023-01-02 10:20:30,SUBSCRIBED,2023-01-02 10:20:30,SUBSCRIBED
            ben@example.org,01BBB,Ben,,,,2023-01-02 10:20:30,UNSUBSCRIBED,2023-05-06 07:08:09,NEVER_SUBSCRIBED
            cyd@example.org,01CCC,Cyd,,,,2023-01-02 10:20:30,NEVER_SUBSCRIBED,,NEVER_SUBSCRIBED
            """);

        Assert.Equal((State.Subscribed, "2023-01-02T10:20:30"), await ConsentAsync(account, 1));
        Assert.Equal((State.Unsubscribed, "2023-05-06T07:08:09"), await ConsentAsync(account, 2));
        Assert.Equal(State.Never, (await ConsentAsync(account, 3)).State);
        Assert.Equal(State.Subscribed, (await ConsentAsync(account, 1, Channel.Sms)).State);
    }

    [Fact]
    public async Task ActiveCampaign_says_a_status()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, Tool.Activecampaign, "contacts.csv", """
            ID,Email,First Name,Last Name,Phone,Organization,Tags,Date Created,Status
            1,ann@example.org,Ann,Lee,+43 660 1111111,Acme,"vip, webinar 2024",2023-01-02 10:20:30,Active
            2,ben@example.org,Ben,,,,,2023-01-02 10:20:30,Unsubscribed
            3,cyd@example.org,Cyd,,,,,2023-01-02 10:20:30,Bounced
            4,dan@example.org,Dan,,,,,2023-01-02 10:20:30,Unconfirmed
            """);

        Assert.Equal([State.Subscribed, State.Unsubscribed, State.Unsubscribed, State.Unsubscribed], await StatesAsync(account, 4));
        Assert.Equal(["vip", "webinar 2024"], (await account.TagsOfAsync(1)).Order());
    }

    [Fact]
    public async Task Brevo_separates_by_semicolons_and_calls_the_phone_SMS()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(account, Tool.Brevo, "contacts_export.csv", """
            CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;SMS;EMAIL_BLOCKLISTED;SMS_BLOCKLISTED;ADDED_TIME;MODIFIED_TIME;LISTS
            1;ann@example.org;Ann;Lee;436601111111;No;Yes;2023-01-02 10:20:30;2024-01-02 10:20:30;Newsletter,Customers
            2;ben@example.org;Ben;;;Yes;No;2023-01-02 10:20:30;2024-01-02 10:20:30;
            """);

        Assert.Equal([State.Never, State.Unsubscribed], await StatesAsync(account, 2));
        Assert.Equal(State.Unsubscribed, (await ConsentAsync(account, 1, Channel.Sms)).State);
        Assert.Equal(["List: Customers", "List: Newsletter"], (await account.TagsOfAsync(1)).Order());
        Assert.Equal(("1", "+436601111111"), await KeyAndPhoneAsync(account));
    }

    [Fact]
    public async Task What_the_caller_says_stays()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions
        {
            From = Tool.Hubspot,
            MatchEmail = true,
            Columns = { ["Record ID"] = "fields.hubspot", ["Phone Number"] = "", ["Mobile Phone Number"] = "phone" },
        };

        await Importer.RunAsync(account.Apps, account.Name, options, "Record ID,Email,Phone Number,Mobile Phone Number\n51,ann@example.org,1,2\n");

        Assert.Equal(("", "2"), await KeyAndPhoneAsync(account));
    }

    [Theory]
    [InlineData(Tool.Mailchimp, "Name,City")]
    [InlineData(Tool.Hubspot, "First Name,Last Name")]
    [InlineData(Tool.Listmonk, "name,status")]
    [InlineData(Tool.Brevo, "FIRSTNAME,LASTNAME")]
    public async Task A_file_of_another_tool_is_refused(Tool tool, string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ImportAsync(account, tool, "file.csv", $"{header}\nx,y\n"));

        Assert.Equal(0, await account.QueryAsync<int>("SELECT count(*)::int FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    [Theory]
    [InlineData(Tool.Mailchimp)]
    [InlineData(Tool.Hubspot)]
    [InlineData(Tool.Mautic)]
    [InlineData(Tool.Listmonk)]
    [InlineData(Tool.Highlevel)]
    [InlineData(Tool.Klaviyo)]
    [InlineData(Tool.Activecampaign)]
    [InlineData(Tool.Brevo)]
    [InlineData(Tool.Keila)]
    public async Task A_file_with_an_address_alone_comes_in_twice_as_one_contact(Tool tool)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var header = tool == Tool.Mailchimp ? "Email Address" : "EMAIL";

        await ImportAsync(account, tool, "file.csv", $"{header}\nann@example.org\n");
        var again = await ImportAsync(account, tool, "file.csv", $"{header}\nann@example.org\n");

        Assert.Equal((0, 1), (again.Summary.Created, again.Summary.Unchanged));
    }

    private static Task<Importer> ImportAsync(TestAccount account, Tool tool, string name, string text) =>
        Importer.RunAsync(account.Apps, account.Name, new() { From = tool, FileName = name }, text);

    private static async Task<(string ExternalId, string Phone)> KeyAndPhoneAsync(TestAccount account)
    {
        var contact = await account.GetContactAsync(1);
        return (contact.ExternalId, contact.Phone);
    }

    private static async Task<State[]> StatesAsync(TestAccount account, int contacts) =>
        [.. (await Task.WhenAll(Enumerable.Range(1, contacts).Select(contactId => ConsentAsync(account, contactId)))).Select(consent => consent.State)];

    private static async Task<(State State, string? Time)> ConsentAsync(TestAccount account, int contactId, Channel channel = Channel.Email)
    {
        var consent = (await account.GetContactAsync(contactId)).Consents.SingleOrDefault(consent => consent.Channel == channel);
        return (consent?.State ?? State.Never, consent?.Time?.ToDateTime().ToString("s", CultureInfo.InvariantCulture));
    }
}
