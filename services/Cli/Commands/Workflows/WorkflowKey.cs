using System.CommandLine;
using Crm.Workflows.V1;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name a workflow: by its name or id.</summary>
internal static class WorkflowKey
{
    public static Argument<string> Argument() => new("workflow") { Description = "The workflow's name or id." };

    public static async Task<Workflow> GetAsync(Session session, string key, CancellationToken ct)
    {
        var request = new GetWorkflowRequest { Account = session.RequireAccount() };
        if (Guid.TryParse(key, out _))
            request.WorkflowId = key;
        else
            request.Name = key;
        return (await session.Services.Workflows.GetWorkflowAsync(request, cancellationToken: ct)).Workflow;
    }
}
