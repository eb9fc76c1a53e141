using System.CommandLine;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`fields delete`.</summary>
internal static class FieldsDelete
{
    public static Command Create()
    {
        var key = FieldKey.Argument();
        var opportunity = FieldKey.Opportunity();
        var command = new Command("delete", "Deletes a custom field: filters that name it become invalid, visibly.") { key, opportunity };
        return command.Runs(async (session, ct) =>
        {
            var field = await FieldKey.GetAsync(session, session.Get(key), session.Get(opportunity), ct);
            var request = new DeleteFieldRequest { Account = session.RequireAccount(), FieldId = field.FieldId, RequestId = RequestId.New() };
            var answer = await session.Services.Fields.DeleteFieldAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Field, $"Field \"{field.Key}\" deleted.");
        });
    }
}
