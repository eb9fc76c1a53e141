using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Replicas;

/// <summary>An account whose campaigns are sent by a process of its own, which a test can hurt.</summary>
internal sealed class ReplicaWorld : IAsyncDisposable
{
    private ReplicaWorld(TestApps apps, SmtpSink mail, TestReplica replica) => (Apps, Mail, Replica) = (apps, mail, replica);

    public const string Account = "acme";

    public TestApps Apps { get; }

    public SmtpSink Mail { get; }

    public TestReplica Replica { get; }

    /// <summary>The campaigns as the replica serves them.</summary>
    public CampaignService.CampaignServiceClient Campaigns => new(Replica.Channel);

    /// <summary>Starts everything; the account has so many contacts, <c>1@acme.example</c> and so on.</summary>
    public static async Task<ReplicaWorld> StartAsync(int contacts, IReadOnlyDictionary<string, string>? variables = null)
    {
        var mail = SmtpSink.Start();
        var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments],
            Settings = new Dictionary<string, string?>(CampaignWorld.Settings(mail.Port))
            {
                ["Delivery:BatchLease"] = "00:00:02",
                ["Delivery:RecoveryGrace"] = "00:00:00.5",
                ["Delivery:PrepareLease"] = "00:00:02",
            },
        });
        var world = new ReplicaWorld(apps, mail, await apps.StartReplicaAsync(Service.Campaigns, variables));
        await apps.Accounts.CreateAccountAsync(new() { Account = Account });
        // Not all at once: calls that wait for a connection for too long are refused.
        await Parallel.ForEachAsync(Enumerable.Range(1, contacts), async (number, ct) => await apps.Contacts.CreateContactAsync(
            new() { Account = Account, Contact = new Contact { Email = $"{number}@{Account}.example" } }, cancellationToken: ct));
        return world;
    }

    /// <summary>Creates a campaign for everyone.</summary>
    public async Task<string> CreateAsync(string name) => (await Campaigns.CreateCampaignAsync(new()
    {
        Account = Account,
        Campaign = new Campaign
        {
            Name = name,
            Message = CampaignWorld.Text(name),
            Audience = new Audience { Include = { CampaignWorld.Everyone } },
        },
    })).Campaign.CampaignId;

    /// <summary>Waits until a service says that a campaign has come to a state.</summary>
    public static Task<Campaign> WaitAsync(CampaignService.CampaignServiceClient campaigns, string campaignId, State state) => Eventually.ReadAsync(
        async () => (await campaigns.GetCampaignAsync(new() { Account = Account, CampaignId = campaignId })).Campaign,
        campaign => campaign.State == state,
        $"the campaign to be {state}");

    /// <summary>How many messages of a campaign each address got.</summary>
    public Dictionary<string, int> Arrived(string name) => Mail.Messages.Where(message => message.Header("Subject") == name)
        .SelectMany(message => message.Recipients).CountBy(recipient => recipient).ToDictionary();

    public async ValueTask DisposeAsync()
    {
        await Replica.DisposeAsync();
        await Apps.DisposeAsync();
        await Mail.DisposeAsync();
    }
}
