namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>Files as other tools export them, with made-up people, by the section of the page that imports them. A folder in a name is an archive.</summary>
internal static class ToolFiles
{
    private const string Mailchimp =
        "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID";

    /// <summary>Returns the files that a section needs.</summary>
    public static IEnumerable<(string Name, string Text)> Of(string section) => section switch
    {
        "From Mailchimp" =>
        [
            ("audience_export.zip/subscribed_email_audience_export_1a2b.csv", $""""
                {Mailchimp},NOTES,TAGS
                ann@example.org,Ann,Lee,"1 Main St  Graz  8010  AT",+43 660 1111111,04/17,5,,,"2021-03-04 10:20:30",10.0.0.1,47.07,15.43,1,2,Europe/Vienna,AT,Steiermark,"2024-01-02 03:04:05",421,a1b2c3,,"""VIP"",""Client, 2024"""
                """"),
            ("audience_export.zip/unsubscribed_email_audience_export_1a2b.csv", $"""
                {Mailchimp},UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,NOTES,TAGS
                ben@example.org,Ben,,,,,2,,,"2020-01-01 00:00:00",10.0.0.2,,,,,,,,"2024-01-02 03:04:05",422,a1b2c4,"2023-05-06 07:08:09",Spring,77,NORMAL,,,
                """),
            ("audience_export.zip/cleaned_email_audience_export_1a2b.csv", $"""
                {Mailchimp},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,NOTES,TAGS
                cyd@example.org,Cyd,,,,,1,,,"2020-01-01 00:00:00",10.0.0.3,,,,,,,,"2024-01-02 03:04:05",423,a1b2c5,"2023-06-07 08:09:10",Spring,77,,
                """),
        ],
        "From HubSpot" =>
        [
            ("hubspot-crm-exports-all-contacts.csv", """
                Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Favorite colors,Create Date,Unsubscribed from all email,Email hard bounce reason,Opted out of email: Marketing Information
                51,Ann,Lee,ann@example.org,+43 660 1111111,Max Mustermann,New,red;blue,2023-01-02 10:20,,,
                52,Ben,,ben@example.org,,,,,2023-01-03 10:20,true,,
                53,Cyd,,cyd@example.org,,,,,2023-01-04 10:20,,UNKNOWN_USER,
                54,Dan,,dan@example.org,,,,red,2023-01-04 10:20,,,true
                """),
        ],
        "From Mautic" =>
        [
            ("contacts.csv", """
                "id","points","title","firstname","lastname","company","position","email","phone","mobile","city","zipcode","timezone","country","preferred_locale","dateAdded","doNotContact","tags"
                "7","12","","Ann","Lee","Acme","CEO","ann@example.org","+43 1 234567","+43 660 1111111","Graz","08010","Europe/Vienna","Austria","de","2023-01-02 10:20:30","","vip|news"
                "8","0","","Ben","Day","","","ben@example.org","","","","","","","","2023-01-02 10:20:30","1","news"
                "9","0","","Cyd","Poe","","","cyd@example.org","","","","","","","","2023-01-02 10:20:30","email: bounced",""
                """),
        ],
        "From listmonk" =>
        [
            ("subscribers.csv", """"
                uuid,email,name,attributes,status,created_at,updated_at,lists
                u1,ann@example.org,Ann van der Lee,"{""city"": ""Graz"", ""age"": 41}",enabled,2023-03-04 10:20:30.123456 +0000 UTC,2023-03-05 10:20:30.123456 +0000 UTC,"News,Customers"
                u2,ben@example.org,Ben,{},blocklisted,2023-03-04 10:20:30.123456 +0000 UTC,2023-03-05 10:20:30.123456 +0000 UTC,News
                u3,cyd@example.org,Cyd,{},disabled,2023-03-04 10:20:30.123456 +0000 UTC,2023-03-05 10:20:30.123456 +0000 UTC,
                """"),
        ],
        "From HighLevel" =>
        [
            ("Export_Contacts.csv", """
                Contact Id,First Name,Last Name,Business Name,Company Name,Phone,Email,Created,Last Activity,Tags,Additional Emails,Additional Phones,DND
                abcDEF123,Ann,Lee,,,+436601111111,ann@example.org,2023-01-02T10:20:30+01:00,2024-01-02T10:20:30+01:00,"hot lead,webinar",ann2@example.org,,false
                abcDEF124,Ben,,,,,ben@example.org,2023-01-02T10:20:30+01:00,,,,,"Email, SMS"
                abcDEF125,Cyd,,,,,cyd@example.org,2023-01-02T10:20:30+01:00,,,,,true
                """),
        ],
        "From Klaviyo" =>
        [
            ("klaviyo_profiles.csv", """
                Email,Klaviyo ID,First Name,Last Name,Phone Number,City,Zip Code,Email Marketing Consent,Email Marketing Consent Timestamp,SMS Marketing Consent,Profile Created On,Email Suppressions
                ann@example.org,01AAA,Ann,Lee,+436601111111,Graz,08010,SUBSCRIBED,2025-09-01 12:00:00,SUBSCRIBED,2025-09-01 12:00:00,[]
                ben@example.org,01BBB,Ben,,,,,SUBSCRIBED,2025-09-01 12:00:00,,2025-09-01 12:00:00,['USER_SUPPRESSED']
                cyd@example.org,01CCC,Cyd,,,,,UNSUBSCRIBED,2025-09-02 12:00:00,,2025-09-01 12:00:00,
                dan@example.org,01DDD,Dan,,,,,NEVER_SUBSCRIBED,,,2025-09-01 12:00:00,
                """),
        ],
        "From ActiveCampaign" =>
        [
            ("contacts.csv", """
                "ID","Email","First Name","Last Name","Phone","Organization","Tags","Date Created","IP","Status"
                1,ann@example.org,Ann,Lee,+43 660 1111111,Acme,"vip, webinar 2024","2023-01-02 10:20:30",192.0.2.1,Active
                2,ben@example.org,Ben,,,,,"2023-01-02 10:20:30",,Unsubscribed
                3,cyd@example.org,Cyd,,,,,"2023-01-02 10:20:30",,Bounced
                4,dan@example.org,Dan,,,,,"2023-01-02 10:20:30",,Unconfirmed
                """),
        ],
        "From Brevo" =>
        [
            ("contacts_export.csv", """
                CONTACT ID;EMAIL;NOM;PRENOM;SMS;EMAIL_BLOCKLISTED;SMS_BLOCKLISTED;ADDED_TIME;MODIFIED_TIME;DATE_NAISSANCE;LISTS
                1;ann@example.org;Lée;Ann;33612345678;No;Yes;02-01-2023 10:20:30;02-01-2024 10:20:30;17-04-1980;Newsletter,Customers
                2;ben@example.org;Déy;Ben;;Yes;No;02-01-2023 10:20:30;;;
                """),
        ],
        "From Keila" =>
        [
            ("keila_contacts.csv", """"
                Email,First name,Last name,Data,Status
                ann@example.org,Ann,Lee,"{""city"":""Graz""}",active
                ben@example.org,Ben,Day,,unsubscribed
                cyd@example.org,Cyd,Poe,,unreachable
                """"),
        ],
        _ => [("opt-outs.txt", "ann@example.net\nban.example\n"), ("unsubscribes.csv", "email\nben@example.org\n")],
    };
}
