using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.ServiceDefaults.Deletion;
using TagSegments.ServiceDefaults.Retention;
using TagSegments.Tags.Crm.Accounts;
using TagSegments.Tags.Crm.Accounts.Audit;
using TagSegments.Tags.Crm.Accounts.Deletion;
using TagSegments.Tags.Crm.Accounts.Keys;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Contacts.Feed;
using TagSegments.Tags.Crm.Contacts.Keys;
using TagSegments.Tags.Crm.Erasures;
using TagSegments.Tags.Crm.Exports;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Merging;
using TagSegments.Tags.Crm.Opportunities;
using TagSegments.Tags.Crm.PersonExports;
using TagSegments.Tags.Crm.Timeline;

namespace TagSegments.Tags;

/// <summary>Registers and maps the CRM record: accounts, contacts, fields, opportunities, imports and exports.</summary>
internal static class CrmServices
{
    public static IServiceCollection AddCrm(this IServiceCollection services) => services
        .AddSingleton<AccountStore>()
        .AddDatabaseAccounts("(SELECT * FROM crm.account WHERE erasing_at IS NULL) AS account")
        .AddSingleton<ApiKeyStore>()
        .AddOwnApiKeys(NoteUse)
        .AddSingleton<AdminEventStore>()
        .AddAdminLog(provider => provider.GetRequiredService<AdminEventStore>().WriteAsync)
        .AddSingleton<DeletionStore>()
        .AddHostedService<DueErasures>()
        .AddDatabaseRetention("crm.account", Pruning.Requests("crm.request"), ChangePruning.Kind, AuditPruning.Kind)
        .AddSingleton<FieldStore>()
        .AddSingleton<ContactStore>()
        .AddSingleton<ContactLookup>()
        .AddSingleton<ContactFeedStore>()
        .AddSingleton<ContactFeed>()
        .AddSingleton<ReachStore>()
        .AddSingleton<OpportunityStore>()
        .AddSingleton<PipelineStore>()
        .AddSingleton(provider => provider.GetRequiredService<IConfiguration>().GetSection("Imports").Get<ImportLimits>() ?? new ImportLimits())
        .AddSingleton<ImportSpool>()
        .AddSingleton<ImportTools>()
        .AddSingleton<Importer>()
        .AddSingleton<ExportReader>()
        .AddSingleton<AddressHash>()
        .AddSingleton<KeptRefusals>()
        .AddSingleton<ErasureStore>()
        .AddSingleton<ErasureElsewhere>()
        .AddSingleton<ContactErasure>()
        .AddWatched<ErasureRunner>()
        .AddSingleton<RekeyingStore>()
        .AddSingleton<CarriedRefusals>()
        .AddHostedService<ContactRekeying>()
        .AddSingleton<PersonSources>()
        .AddSingleton<ContactEvents>()
        .AddSingleton<ContactTimeline>();

    public static void MapCrm(this WebApplication app)
    {
        app.MapGrpcService<AccountApi>();
        app.MapGrpcService<CallerApi>();
        app.MapGrpcService<ApiKeyApi>();
        app.MapGrpcService<DeletionApi>();
        app.MapGrpcService<AuditApi>();
        app.MapGrpcService<RetentionApi>();
        app.MapGrpcService<ContactApi>();
        app.MapGrpcService<ContactKeyApi>();
        app.MapGrpcService<ContactListApi>();
        app.MapGrpcService<ContactFeedApi>();
        app.MapGrpcService<ContactClockApi>();
        app.MapGrpcService<ContactMergeApi>();
        app.MapGrpcService<ErasureApi>();
        app.MapGrpcService<PersonExportApi>();
        app.MapGrpcService<TimelineApi>();
        app.MapGrpcService<ReachApi>();
        app.MapGrpcService<FieldApi>();
        app.MapGrpcService<OpportunityApi>();
        app.MapGrpcService<PipelineApi>();
        app.MapGrpcService<ImportApi>();
        app.MapGrpcService<ExportApi>();
    }

    private static Func<string, int, DateTimeOffset, Task> NoteUse(IServiceProvider provider) => async (name, keyId, at) =>
    {
        var account = await provider.GetRequiredService<AccountDirectory>().GetAsync(name, CancellationToken.None);
        await provider.GetRequiredService<ApiKeyStore>().NoteUseAsync(account.Id, keyId, at, CancellationToken.None);
    };
}
