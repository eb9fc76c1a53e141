using Crm.Common.V1;
using Grpc.Core;

namespace TagSegments.Cli.Output;

/// <summary>Finds names for the numbers and ids in an answer. Without a name, or if the service cannot be reached, the number or id stays.</summary>
internal sealed class Names
{
    private Dictionary<int, string> _tags = [];
    private Dictionary<string, string> _campaigns = [];
    private Dictionary<string, string> _workflows = [];

    /// <summary>Looks up names, each once, and none for JSON output.</summary>
    public static async Task<Names> FindAsync(
        Session session, IEnumerable<int> tagIds, IEnumerable<string> campaignIds, IEnumerable<string> workflowIds, CancellationToken ct)
    {
        var names = new Names();
        if (session.Report.IsJson)
            return names;
        var account = session.RequireAccount();
        names._tags = await FindAsync(tagIds, async id => (await session.Services.Tags.GetTagAsync(new() { Account = account, TagId = id }, cancellationToken: ct)).Tag.Name);
        names._campaigns = await FindAsync(
            campaignIds, async id => (await session.Services.Campaigns.GetCampaignAsync(new() { Account = account, CampaignId = id }, cancellationToken: ct)).Campaign.Name);
        names._workflows = await FindAsync(
            workflowIds, async id => (await session.Services.Workflows.GetWorkflowAsync(new() { Account = account, WorkflowId = id }, cancellationToken: ct)).Workflow.Name);
        return names;
    }

    public string Tag(int id) => _tags.GetValueOrDefault(id, $"#{id}");

    public string Campaign(string id) => _campaigns.GetValueOrDefault(id, id);

    public string Workflow(string id) => _workflows.GetValueOrDefault(id, id);

    /// <summary>The campaign that caused a change; empty for other causes.</summary>
    public static string CampaignOf(Cause? cause) => cause?.Kind is Crm.Common.V1.Cause.Types.Kind.Campaign ? cause.Id : "";

    /// <summary>Describes the cause of a change.</summary>
    public string Cause(Cause? cause) => cause is null
        ? ""
        : $"{cause.Kind} {(cause.Kind is Crm.Common.V1.Cause.Types.Kind.Campaign ? Campaign(cause.Id) : cause.Id)} {cause.Detail}".Trim();

    private static async Task<Dictionary<T, string>> FindAsync<T>(IEnumerable<T> ids, Func<T, Task<string>> find)
        where T : notnull
    {
        var found = await Task.WhenAll(ids.Distinct().Where(id => id is not "").Select(async id => (Id: id, Name: await OrNullAsync(find(id)))));
        return found.Where(entry => entry.Name is not null).ToDictionary(entry => entry.Id, entry => entry.Name!);
    }

    private static async Task<string?> OrNullAsync(Task<string> name)
    {
        try
        {
            return await name;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.Unavailable)
        {
            return null;
        }
    }
}
