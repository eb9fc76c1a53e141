using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags audit`.</summary>
internal static class TagsAudit
{
    public static Command Create()
    {
        var days = new Option<int>("--stale-days") { Description = "Report tags without a change for so many days. Defaults to 180.", HelpName = "n" };
        var command = new Command("audit", "Looks through the library: unused, stale and alike tags, names that break the policy.") { days };
        return command.Runs(async (session, ct) =>
        {
            var request = new AuditTagsRequest { Account = session.RequireAccount(), StaleDays = session.Get(days) };
            var answer = await session.Services.Governance.AuditTagsAsync(request, cancellationToken: ct);
            session.Report.Note($"{answer.Tags:N0} tags looked at, {answer.Findings.Count:N0} findings.");
            session.Report.Write(answer, () => TagFindings.View(answer.Findings));
        });
    }
}
