using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests;

// The things that tests create and read.
public partial class CampaignWorld
{
    public static FilterSource HasTag(int tagId) =>
        new() { Filter = new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tagId } } } };

    /// <summary>Refuses messages for now, also on connections that lanes have already.</summary>
    public void RefuseMail() =>
        Mail.Script = step => step.Stage is SmtpStage.Connect or SmtpStage.Mail ? SmtpReaction.Refuse(421, "Later") : default;

    public Task<Contact> ContactAsync(string account, string? email = null, Action<Contact>? change = null) =>
        NewContactAsync(account, email ?? $"{Guid.NewGuid():N}@x.example", change);

    /// <summary>Schedules a campaign for later than the test lasts: what happens meanwhile happens before its time, however slow the machine is.</summary>
    public Task ScheduleAsync(string account, string campaignId) => Campaigns.ScheduleCampaignAsync(new()
    {
        Account = account,
        CampaignId = campaignId,
        Schedule = new() { Time = Timestamp.FromDateTime(DateTime.UtcNow.AddHours(1)) },
    }).ResponseAsync;

    /// <summary>Lets the time of a scheduled campaign come.</summary>
    public static async Task BecomeDueAsync(TestApps apps, string campaignId)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        Assert.Equal(1, await connection.ExecuteAsync(
            "UPDATE campaigns.campaign SET run_at = now() - interval '1 second' WHERE campaign_id = @id AND state = 2", new { id = Guid.Parse(campaignId) }));
    }

    /// <summary>Puts a tag on contacts, creating it if need be, and returns its number.</summary>
    public async Task<int> TagAsync(string account, string name, params Contact[] contacts)
    {
        foreach (var contact in contacts)
        {
            await Apps.Tags.AddTagsAsync(
                new AddTagsRequest { Account = account, ContactId = contact.ContactId, TagNames = { name }, CreateMissing = true });
        }

        return (await Apps.Tags.GetTagAsync(new() { Account = account, Name = name })).Tag.TagId;
    }

    /// <summary>Gives a contact values that the contact service would refuse; an import of old data may have brought them.</summary>
    public Task MakeInvalidAsync(string account, Contact contact) => ExecuteAsync(
        """
        UPDATE crm.contact c SET email = 'not an address', email_key = 'not an address'
        FROM crm.account a
        WHERE a.account_id = c.account_id AND a.name = @account AND c.contact_id = @ContactId
        """,
        new { account, contact.ContactId });

    public Task SuppressAsync(string account, string address) => Activities.AddSuppressionAsync(new()
    {
        Account = account,
        Suppression = new() { Address = address, Reason = Crm.Activity.V1.Suppression.Types.Reason.Complained },
    }).ResponseAsync;

    public Task UnsubscribeAsync(string account, Contact contact) => SetConsentAsync(account, contact, Consent.Types.State.Unsubscribed);

    public Task SetConsentAsync(string account, Contact contact, Consent.Types.State state) => Apps.Contacts.SetConsentAsync(
        new() { Account = account, ContactId = contact.ContactId, Consent = new() { Channel = Channel.Email, State = state } }).ResponseAsync;

    public Task<Campaign> CreateAsync(string account, FilterSource include, Action<Campaign>? change = null) =>
        CreateAsync(account, new Audience { Include = { include } }, change);

    public async Task<Campaign> CreateAsync(string account, Audience audience, Action<Campaign>? change = null)
    {
        var campaign = new Campaign { Name = Guid.NewGuid().ToString(), Message = Text("Spring"), Audience = audience };
        change?.Invoke(campaign);
        return (await Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign;
    }

    /// <summary>Starts a campaign.</summary>
    public async Task<Campaign> StartAsync(string account, FilterSource include, Action<Campaign>? change = null)
    {
        var campaign = await CreateAsync(account, include, change);
        return (await Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign;
    }

    public Task<Campaign> SendAsync(string account, FilterSource include) => SendAsync(account, new Audience { Include = { include } });

    /// <summary>Sends a campaign to its end, to a mail server that takes everything.</summary>
    public async Task<Campaign> SendAsync(string account, Audience audience)
    {
        Mail.Script = null;
        var campaign = await CreateAsync(account, audience);
        await Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        return await WaitForCampaignAsync(account, campaign.CampaignId, Campaign.Types.State.Sent);
    }

    /// <summary>The messages that the mail server has for contacts, by recipient.</summary>
    public List<string> MailOf(params Contact[] contacts) =>
        [.. Mail.Messages.SelectMany(m => m.Recipients).Where(r => contacts.Any(c => c.Email == r))];
}
