using Microsoft.Extensions.Configuration;
using Proto = Crm.Accounts.V1.AccountLimits;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>
/// What one account may use at once in a process of a service. Configuration under <c>Limits</c> sets the limits of accounts that have none of
/// their own, for example <c>Limits:ConcurrentCalls</c>; <c>SetAccountLimits</c> sets those of one account. Units and meaning stand at
/// <c>crm.accounts.v1.AccountLimits</c>.
/// </summary>
public sealed record AccountLimits
{
    /// <summary>The limits that an installation has if it configures none.</summary>
    public static readonly AccountLimits Default = new();

    /// <summary>The account's share where accounts wait for the same thing, relative to other accounts.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Calls under way at once.</summary>
    public int ConcurrentCalls { get; init; } = 500;

    /// <summary>Calls per second.</summary>
    public int CallsPerSecond { get; init; } = 100_000;

    /// <summary>Calls that wait for their turn at the same work of a service.</summary>
    public int WaitingCalls { get; init; } = 100;

    /// <summary>Streams open at once.</summary>
    public int ConcurrentStreams { get; init; } = 100;

    /// <summary>Imports under way at once.</summary>
    public int ConcurrentImports { get; init; } = 4;

    /// <summary>Bulk operations that wait or run.</summary>
    public int BulkOperations { get; init; } = 1_000;

    /// <summary>Campaigns that are scheduled, prepared or sent at once.</summary>
    public int ActiveCampaigns { get; init; } = 1_000;

    /// <summary>Webhook calls of workflows per second.</summary>
    public int WebhooksPerSecond { get; init; } = 200;

    /// <summary>Opens, clicks and unsubscribes recorded per second.</summary>
    public int TrackingEventsPerSecond { get; init; } = 2_000;

    /// <summary>API keys that are neither revoked nor expired.</summary>
    public int ApiKeys { get; init; } = 100;

    /// <summary>Domains that the account may send from.</summary>
    public int SenderDomains { get; init; } = 50;

    /// <summary>Addresses of the account's team.</summary>
    public int TeamAddresses { get; init; } = 100;

    /// <summary>Test messages, and messages that ask for a confirmation, per day.</summary>
    public int TestMessagesPerDay { get; init; } = 500;

    /// <summary>Living contacts.</summary>
    public int Contacts { get; init; } = 50_000_000;

    /// <summary>Tags that are not deleted.</summary>
    public int Tags { get; init; } = 100_000;

    /// <summary>Campaigns that were never scheduled or sent.</summary>
    public int CampaignDrafts { get; init; } = 10_000;

    /// <summary>Workflows that are not published.</summary>
    public int WorkflowDrafts { get; init; } = 10_000;

    /// <summary>Reads the limits of the installation.</summary>
    public static AccountLimits From(IConfiguration configuration) => configuration.GetSection("Limits").Get<AccountLimits>() ?? Default;

    /// <summary>Gets the limits of an account: its own, and these where it has none.</summary>
    public AccountLimits With(Proto? own) => own is null ? this : this with
    {
        Weight = own.HasWeight ? own.Weight : Weight,
        ConcurrentCalls = own.HasConcurrentCalls ? own.ConcurrentCalls : ConcurrentCalls,
        CallsPerSecond = own.HasCallsPerSecond ? own.CallsPerSecond : CallsPerSecond,
        WaitingCalls = own.HasWaitingCalls ? own.WaitingCalls : WaitingCalls,
        ConcurrentStreams = own.HasConcurrentStreams ? own.ConcurrentStreams : ConcurrentStreams,
        ConcurrentImports = own.HasConcurrentImports ? own.ConcurrentImports : ConcurrentImports,
        BulkOperations = own.HasBulkOperations ? own.BulkOperations : BulkOperations,
        ActiveCampaigns = own.HasActiveCampaigns ? own.ActiveCampaigns : ActiveCampaigns,
        WebhooksPerSecond = own.HasWebhooksPerSecond ? own.WebhooksPerSecond : WebhooksPerSecond,
        TrackingEventsPerSecond = own.HasTrackingEventsPerSecond ? own.TrackingEventsPerSecond : TrackingEventsPerSecond,
        ApiKeys = own.HasApiKeys ? own.ApiKeys : ApiKeys,
        SenderDomains = own.HasSenderDomains ? own.SenderDomains : SenderDomains,
        TeamAddresses = own.HasTeamAddresses ? own.TeamAddresses : TeamAddresses,
        TestMessagesPerDay = own.HasTestMessagesPerDay ? own.TestMessagesPerDay : TestMessagesPerDay,
        Contacts = own.HasContacts ? own.Contacts : Contacts,
        Tags = own.HasTags ? own.Tags : Tags,
        CampaignDrafts = own.HasCampaignDrafts ? own.CampaignDrafts : CampaignDrafts,
        WorkflowDrafts = own.HasWorkflowDrafts ? own.WorkflowDrafts : WorkflowDrafts,
    };
}
