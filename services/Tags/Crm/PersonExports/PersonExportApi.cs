using System.Globalization;
using System.Text;
using System.Text.Json;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Tags.Crm.Contacts;
using Key = Crm.Contacts.V1.ExportContactRequest.KeyOneofCase;

namespace TagSegments.Tags.Crm.PersonExports;

/// <summary>Serves the export of all that is held about a person.</summary>
internal sealed class PersonExportApi(AccountDirectory accounts, ContactStore contacts, PersonSources sources) : ContactService.ContactServiceBase
{
    private const int PartCharacters = 64 * 1024;

    public override async Task ExportContact(
        ExportContactRequest request, IServerStreamWriter<ExportContactResponse> responseStream, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        new FieldChecks()
            .Require(request.KeyCase is not Key.None, "contact_id", "is required, or external_id instead")
            .Require(!request.ExternalId.Contains('\0'), "external_id", "contains the character U+0000")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, ct);
        var row = request.KeyCase is Key.ContactId
            ? await contacts.FindAsync(account.Id, request.ContactId, ct)
            : await contacts.FindAsync(account.Id, request.ExternalId.Trim(), ct);
        var contactId = row?.ContactId ?? throw RpcErrors.NotFound(
            "contact", request.KeyCase is Key.ContactId ? request.ContactId.ToString(CultureInfo.InvariantCulture) : request.ExternalId);

        var text = new StringBuilder($"{{\"account\":{JsonSerializer.Serialize(account.Name)}");
        foreach (var source in sources.Of(account, await sources.KeysAsync(account.Id, contactId, ct), ct))
        {
            var (kind, position) = ("", (string?)null);
            do
            {
                var page = await source(position);
                foreach (var record in page.Records.DefaultIfEmpty(""))
                {
                    Append(text, ref kind, page.Kind, record);
                    if (text.Length >= PartCharacters)
                    {
                        await SendAsync(text);
                    }
                }

                position = page.Next;
            }
            while (position is not null);

            text.Append(']');
        }

        text.Append('}');
        await SendAsync(text);

        Task SendAsync(StringBuilder part)
        {
            var data = ByteString.CopyFromUtf8(part.ToString());
            part.Clear();
            return responseStream.WriteAsync(new ExportContactResponse { Data = data }, ct);
        }
    }

    // The first record of a kind begins its list, which ends the one before.
    private static void Append(StringBuilder text, ref string kind, string next, string record)
    {
        if (kind != next)
        {
            text.Append(kind.Length == 0 ? "" : "]").Append(",\"").Append(next).Append("\":[").Append(record);
            kind = next;
        }
        else if (record.Length > 0)
        {
            text.Append(',').Append(record);
        }
    }
}
