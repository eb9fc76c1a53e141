using System.CommandLine;
using Crm.Tags.V1;
using Format = Crm.Tags.V1.GetTagDictionaryRequest.Types.Format;

namespace TagSegments.Cli.Commands;

/// <summary>`tags dictionary`.</summary>
internal static class TagsDictionary
{
    public static Command Create()
    {
        var html = new Option<bool>("--html") { Description = "Write an HTML page instead of Markdown." };
        var command = new Command("dictionary", "Writes the tag dictionary to standard output: meanings, owners, counts and uses.") { html };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetTagDictionaryRequest { Account = session.RequireAccount(), Format = session.Get(html) ? Format.Html : Format.Markdown };
            var answer = await session.Services.Governance.GetTagDictionaryAsync(request, cancellationToken: ct);
            if (session.Report.IsJson)
                session.Report.Write(answer, "");
            else
                session.Report.Output.Write(answer.Text);
        });
    }
}
