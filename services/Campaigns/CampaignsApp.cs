using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Activities;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Erasures;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Lanes;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Lifecycle;
using TagSegments.Campaigns.Messages;
using TagSegments.Campaigns.PersonExports;
using TagSegments.Campaigns.Reports;
using TagSegments.Campaigns.Senders;
using TagSegments.Campaigns.Suppressions;
using TagSegments.Campaigns.Team;
using TagSegments.Campaigns.Tracking;
using TagSegments.Campaigns.Webhooks;
using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.ServiceDefaults.Deletion;
using TagSegments.ServiceDefaults.Egress;
using TagSegments.ServiceDefaults.Keys;
using TagSegments.ServiceDefaults.Network;
using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Campaigns;

/// <summary>The campaigns service as a web application: its own program runs it, Standalone and the tests host it beside others.</summary>
public static class CampaignsApp
{
    /// <summary>Builds the service; <paramref name="settings"/> win over files, environment and arguments.</summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = ServiceHost.CreateBuilder("campaigns", 5103, args, settings);
        builder.AddPostgres();
        builder.AddEgress();
        builder.AddServiceClient<AccountService.AccountServiceClient>("Tags");
        builder.AddServiceClient<ContactService.ContactServiceClient>("Tags");
        builder.AddServiceClient<FieldService.FieldServiceClient>("Tags");
        builder.AddServiceClient<ReachService.ReachServiceClient>("Tags");
        builder.AddServiceClient<TagService.TagServiceClient>("Tags");
        builder.AddServiceClient<SegmentService.SegmentServiceClient>("Segments");
        builder.AddServiceClient<SmartListService.SmartListServiceClient>("Segments");
        AddCalls(builder.Services);
        AddSenders(builder);
        AddTracking(builder);
        AddSending(builder);
        builder.AddRemoteDeletion("campaigns.erase_account_rows");

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<ActivityApi>();
        app.MapGrpcService<ActivityClockApi>();
        app.MapGrpcService<ErasureApi>();
        app.MapGrpcService<PersonExportApi>();
        app.MapGrpcService<CampaignApi>();
        app.MapGrpcService<CampaignSendingApi>();
        app.MapGrpcService<MessageApi>();
        app.MapGrpcService<SenderDomainApi>();
        app.MapGrpcService<TestMessageApi>();
        app.MapGrpcService<TeamAddressApi>();
        app.MapGrpcService<NoticeApi>();
        app.MapGrpcService<WebhookKeyApi>();
        var http = app.MapGroup("").ServedOn(Listener.Http);
        http.MapTracking();
        http.MapTeam();
        http.MapWebhooks();
        app.AnnounceMetrics(CampaignMetrics.Announce);
        return app;
    }

    private static void AddCalls(IServiceCollection services)
    {
        services.AddRemoteAccounts();
        services.AddRemoteApiKeys();
        services.AddRemoteAdminLog();
        services.AddRemoteRetention(Pruning.Requests("campaigns.request"), EventPruning.Kind, LedgerPruning.Kind);
        services.AddIdempotentWrites("campaigns.request").AddFairQueue();
        services.AddSingleton<CallTools>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ErasedContacts>(provider, "campaigns.erased_contact"));
        services.AddSingleton<ContactErasure>();
        services.AddSingleton<ActivityRecorder>();
        services.AddSingleton<ActivityStore>();
        services.AddChangeNotifier("campaigns.activity_clock").AddClockFeed("campaigns.activity_clock", "campaigns.activity_commit");
        services.AddSingleton<KnownContacts>();
        services.AddSingleton<SuppressionStore>();
        services.AddSingleton<CampaignStore>();
        services.AddSingleton<CampaignResults>();
        services.AddSingleton<CampaignReferences>();
        services.AddSingleton<RecipientProof>();
        services.AddSingleton<ContactGroups>();
        services.AddSingleton<ResultsBreakdown>();
        services.AddSingleton<CampaignWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CampaignWatch>());
        services.AddSingleton<CampaignReports>();
        services.AddSingleton<AbTestStore>();
        services.AddSingleton<MessageStore>();
        services.AddSingleton<MessagePreview>();
        services.AddSingleton<MergeFieldCatalog>();
        services.AddHostedService<PartitionMaintenance>();
    }

    private static void AddSenders(WebApplicationBuilder builder) => builder.Services
        .AddSingleton(SenderOptions.From(builder.Configuration))
        .AddSingleton<TxtLookup>()
        .AddSingleton<SenderDomainStore>()
        .AddSingleton<SenderRules>()
        .AddSingleton<TeamAddressStore>()
        .AddSingleton<SenderDomainChecks>()
        .AddHostedService(provider => provider.GetRequiredService<SenderDomainChecks>());

    private static void AddTracking(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(builder.Configuration.GetSection("Tracking").Get<TrackingOptions>() ?? new TrackingOptions());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TrackingLimits>(provider, ServiceDefaults.Calls.AccountLimits.From(builder.Configuration)));
        services.AddSingleton(new TrackingTokens(KeyRing.From(builder.Configuration, KeyRing.Links)));
        services.AddSingleton<TrackingLinks>();
        services.AddSingleton<SentMessages>();
        services.AddSingleton<LinkCounts>();
        services.AddSingleton<MergedContacts>();
        services.AddSingleton<Tracker>();
        services.AddSingleton<Unsubscriber>();
        services.AddSingleton(builder.Configuration.GetSection("Webhooks").Get<WebhookOptions>() ?? new WebhookOptions());
        services.AddSingleton<WebhookIntake>();
        WebhookKeys.Check(builder.Configuration);
        services.AddSingleton(new AccountSecrets(KeyRing.From(builder.Configuration, KeyRing.Secrets), "provider"));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<SecretRotation>(provider, "campaigns.webhook_key"));
        services.AddSingleton<WebhookKeys>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ReplayGuard>(provider, provider.GetRequiredService<WebhookOptions>().MaxAge));
        services.AddSingleton<WebhookSignatures>();
        services.AddSingleton<WebhookCalls>();
        services.AddSingleton<ReportedMessages>();
        services.AddSingleton<WebhookRecorder>();
        services.AddHttpClient(nameof(SnsMessages), SnsCertificates.Limit)
            .ConfigurePrimaryHttpMessageHandler(provider =>
                new EgressHandler(provider.GetRequiredService<EgressPolicy>(), provider.GetRequiredService<EgressOptions>()));
        services.AddSingleton<SnsCertificates>();
        services.AddSingleton<SnsMessages>();
        services.AddHostedService(provider => provider.GetRequiredService<LinkCounts>());
    }

    private static void AddSending(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var delivery = builder.Configuration.GetSection("Delivery").Get<DeliveryOptions>() ?? new DeliveryOptions();
        services.AddSingleton(delivery);
        services.AddSingleton<Transports>();
        services.AddSingleton<TemplateCache>();
        services.AddSingleton<MessageBuilder>();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<BatchStore>();
        services.AddSingleton<HeldBatchRegistry>();
        services.AddSingleton<MessageSources>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<Throttle>();
        services.AddSingleton<ContactRefresher>();
        services.AddSingleton<LaneServices>();
        services.AddSingleton<Journals>();
        services.AddSingleton<RestoreDetector>();
        services.AddSingleton<AudienceReach>();
        services.AddSingleton<AudienceFilters>();
        services.AddSingleton<LedgerTools>();
        services.AddSingleton<AudiencePreparer>();
        services.AddSingleton<LanePool>();
        services.AddSingleton<BatchFeeder>();
        // It runs with the lanes.
        services.AddSingleton<MessagePump>();
        services.AddSingleton(provider => new WatchedWork(MessagePump.WorkQuery, provider.GetRequiredService<MessagePump>().Wake));
        services.AddSingleton<CampaignClaims>();
        services.AddWatched<CampaignScheduler>();
        // Sending stops first: the journal is kept until sending has given back its batches.
        services.AddHostedService(provider => provider.GetRequiredService<Journals>());
        services.AddHostedService<BatchKeeper>();
        services.AddHostedService<SendingService>();
        services.AddWatched<AbTestDecider>();
        services.AddWatched<RecipientTagger>();
        services.AddWatched<ConsentReporter>();
        services.AddWorkWatch(delivery.PollInterval, delivery.IdlePollInterval);
        services.AddDueAges(
            new DueWork("campaigns", CampaignScheduler.OldestDue), new DueWork("single messages", MessagePump.OldestDue), new DueWork("consents", ConsentReporter.OldestDue));
    }
}
