using System.CommandLine;
using System.Text;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Grpc.Core;

namespace TagSegments.Cli.Commands;

/// <summary>`contacts export`.</summary>
internal static class ContactsExport
{
    public static Command Create()
    {
        var filter = new Option<string>("--filter") { Description = "Only contacts that match: a filter as text, or the name of a saved segment or smart list.", HelpName = "filter" };
        var columns = new Option<string[]>("--columns") { Description = "The columns, separated by commas. Defaults to all.", HelpName = "a,b,..." };
        var raw = new Option<bool>("--raw") { Description = "Do not put ' before cells that a spreadsheet would run as formulas." };
        var command = new Command("export", "Writes contacts as CSV to standard output.") { filter, columns, raw };
        return command.Runs(async (session, ct) =>
        {
            var request = new ExportContactsRequest { Account = session.RequireAccount(), Raw = session.Get(raw) };
            request.Columns.Add((session.Get(columns) ?? []).SelectMany(c => c.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
            if (session.Get(filter) is { } text)
                request.Source = await FilterArgument.ResolveAsync(session, text, ct);
            using var call = session.Services.Exports.ExportContacts(request, cancellationToken: ct);
            var decoder = Encoding.UTF8.GetDecoder();
            await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
            {
                var characters = new char[Encoding.UTF8.GetMaxCharCount(part.Data.Length)];
                await session.Report.Output.WriteAsync(characters.AsMemory(0, decoder.GetChars(part.Data.Span, characters, flush: false)), ct);
            }
        });
    }
}
