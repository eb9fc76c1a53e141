using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Workflows.V1;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Accounts;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Exports;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports;
using TagSegments.Tags.Crm.Opportunities;
using TagSegments.Tags.Crm.Timeline;

namespace TagSegments.Tags;

/// <summary>Registers and maps the CRM record: accounts, contacts, fields, opportunities, imports.</summary>
internal static class CrmServices
{
    public static WebApplicationBuilder AddCrm(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccountStore>();
        builder.Services.AddSingleton(provider => new AccountDirectory(
            provider.GetRequiredService<AccountStore>().FindInfoAsync, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<HotDatabase>();
        builder.Services.AddSingleton<CallWrites>();
        builder.Services.AddSingleton<FieldStore>();
        builder.Services.AddSingleton<ContactCalls>();
        builder.Services.AddSingleton<ContactStore>();
        builder.Services.AddSingleton<ContactFeed>();
        builder.Services.AddSingleton<ReachStore>();
        builder.Services.AddSingleton<OpportunityCalls>();
        builder.Services.AddSingleton<OpportunityStore>();
        builder.Services.AddSingleton<PipelineStore>();
        builder.Services.AddSingleton<ImportTargets>();
        builder.Services.AddSingleton<ExportReader>();
        builder.Services.AddSingleton<ContactEvents>();
        builder.Services.AddSingleton<ContactTimeline>();
        builder.AddServiceClient<ActivityService.ActivityServiceClient>("Campaigns");
        builder.AddServiceClient<CampaignService.CampaignServiceClient>("Campaigns");
        builder.AddServiceClient<WorkflowService.WorkflowServiceClient>("Workflows");
        return builder;
    }

    public static WebApplication MapCrm(this WebApplication app)
    {
        app.MapGrpcService<AccountApi>();
        app.MapGrpcService<ContactApi>();
        app.MapGrpcService<ReachApi>();
        app.MapGrpcService<FieldApi>();
        app.MapGrpcService<ExportApi>();
        app.MapGrpcService<ImportApi>();
        app.MapGrpcService<OpportunityApi>();
        return app;
    }
}
