using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`tags check`.</summary>
internal static class TagsCheck
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The name that a tag is to get." };
        var command = new Command("check", "Checks a name: naming policy, near-duplicates, values that belong into a custom field.") { name };
        return command.Runs(async (session, ct) =>
        {
            var request = new CheckTagNameRequest { Account = session.RequireAccount(), Name = session.Get(name) };
            var answer = await session.Services.Governance.CheckTagNameAsync(request, cancellationToken: ct);
            session.Report.Write(answer, () => TagFindings.View(answer.Findings));
        });
    }
}
