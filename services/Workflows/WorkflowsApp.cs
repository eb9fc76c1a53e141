using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.ServiceDefaults.Deletion;
using TagSegments.ServiceDefaults.Keys;
using TagSegments.ServiceDefaults.Retention;
using TagSegments.Workflows.Definitions;
using TagSegments.Workflows.Enrolment;
using TagSegments.Workflows.Erasures;
using TagSegments.Workflows.Execution;
using TagSegments.Workflows.Execution.Actions;
using TagSegments.Workflows.Notifications;
using TagSegments.Workflows.PersonExports;
using TagSegments.Workflows.Publication;
using TagSegments.Workflows.Runs;
using TagSegments.Workflows.Scheduling;

namespace TagSegments.Workflows;

/// <summary>The workflows service as a web application: its own program runs it, Standalone and the tests host it beside others.</summary>
public static class WorkflowsApp
{
    /// <summary>Builds the service; <paramref name="settings"/> win over files, environment and arguments.</summary>
    public static WebApplication Build(string[] args, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = ServiceHost.CreateBuilder("workflows", 5104, args, settings);
        builder.AddPostgres();
        builder.AddEgress();
        AddClients(builder);
        AddDefinitions(builder);
        AddExecution(builder);
        builder.AddRemoteDeletion("workflows.erase_account_rows");

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<DraftApi>();
        app.MapGrpcService<WorkflowApi>();
        app.MapGrpcService<PublicationApi>();
        app.MapGrpcService<RunApi>();
        app.MapGrpcService<RunListApi>();
        app.MapGrpcService<EnrolmentApi>();
        app.MapGrpcService<ErasureApi>();
        app.MapGrpcService<PersonExportApi>();
        app.MapGrpcService<SimulationApi>();
        app.MapGrpcService<WebhookSecretApi>();
        app.AnnounceMetrics(StepMetrics.Announce);
        return app;
    }

    private static void AddClients(WebApplicationBuilder builder)
    {
        builder
            .AddServiceClient<AccountService.AccountServiceClient>("Tags")
            .AddServiceClient<ContactService.ContactServiceClient>("Tags")
            .AddServiceClient<FieldService.FieldServiceClient>("Tags")
            .AddServiceClient<OpportunityService.OpportunityServiceClient>("Tags")
            .AddServiceClient<TagService.TagServiceClient>("Tags")
            .AddServiceClient<SegmentService.SegmentServiceClient>("Segments")
            .AddServiceClient<ActivityService.ActivityServiceClient>("Campaigns")
            .AddServiceClient<MessageService.MessageServiceClient>("Campaigns")
            .AddServiceClient<TeamService.TeamServiceClient>("Campaigns");
        builder.Services.AddRemoteAccounts().AddRemoteApiKeys().AddRemoteAdminLog().AddRemoteRetention(Pruning.Requests("workflows.request"), RunPruning.Kind);
    }

    private static void AddDefinitions(WebApplicationBuilder builder)
    {
        var secrets = new AccountSecrets(KeyRing.From(builder.Configuration, KeyRing.Secrets), "webhook");
        builder.Services
            .AddIdempotentWrites("workflows.request")
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<ErasedContacts>(provider, "workflows.erased_contact"))
            .AddSingleton<WorkflowStore>()
            .AddSingleton<Catalogue>()
            .AddSingleton<FieldTypes>()
            .AddSingleton<References>()
            .AddSingleton<MessageChecks>()
            .AddSingleton<NoticeChecks>()
            .AddSingleton<DraftReader>()
            .AddSingleton<SegmentFilters>()
            .AddSingleton<LoopFinder>()
            .AddSingleton<Publisher>()
            .AddSingleton<Withdrawal>()
            .AddSingleton<VersionStore>()
            .AddSingleton<RunStore>()
            .AddSingleton<RunCounts>()
            .AddSingleton<MovedRuns>()
            .AddSingleton<ManualEnrolment>()
            .AddSingleton<Simulator>()
            .AddSingleton(Section<NotificationOptions>(builder, "Notifications"))
            .AddSingleton(secrets)
            .AddSingleton<WebhookSecrets>()
            .AddHostedService(provider => ActivatorUtilities.CreateInstance<SecretRotation>(provider, "workflows.webhook_secret"));
    }

    private static void AddExecution(WebApplicationBuilder builder)
    {
        builder.Services
            .AddSingleton<ActiveVersions>()
            .AddSingleton<Feeds>()
            .AddSingleton<Enroller>()
            .AddSingleton<FeedEnroller>()
            .AddSingleton(Section<SegmentWatchOptions>(builder, "SegmentWatch"))
            .AddSingleton<SegmentWatch>()
            .AddSingleton<SegmentLooks>()
            .AddSingleton<ClockFollower>()
            .AddSingleton<DueWatch>()
            .AddSingleton<PartitionLeases>()
            .AddSingleton(typeof(AccountWork<>))
            // Statements are short, so several accounts can be at it at once.
            .AddSingleton(provider => new FairQueue(8, 4, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<ExecutionStore>()
            .AddSingleton<ConditionMatcher>()
            .AddSingleton<BranchRunner>()
            .AddSingleton<WaitRunner>()
            .AddSingleton(Section<RetryOptions>(builder, "Retries"))
            .AddSingleton<Failures>()
            .AddSingleton<WebhookClient>()
            .AddSingleton<INodeAction, TagActions>()
            .AddSingleton<INodeAction, SetField>()
            .AddSingleton<INodeAction, MoveOpportunity>()
            .AddSingleton<INodeAction, SendMessage>()
            .AddSingleton<INodeAction, Notify>()
            .AddSingleton<INodeAction, GoToWorkflow>()
            .AddSingleton<NodeRunner>()
            .AddHostedService<OwnerNotices>()
            .AddHostedService<FeedFollower>()
            .AddHostedService<Executor>()
            .AddHostedService(provider => provider.GetRequiredService<ClockFollower>())
            .AddHostedService(provider => provider.GetRequiredService<DueWatch>())
            .AddHostedService<SegmentFollower>()
            .AddHostedService<AccountHost>()
            .AddHostedService<DeletionWatch>()
            .AddDueAges(new DueWork("workflow runs", DueWatch.OldestDue));
    }

    private static T Section<T>(WebApplicationBuilder builder, string name)
        where T : new() => builder.Configuration.GetSection(name).Get<T>() ?? new T();
}
