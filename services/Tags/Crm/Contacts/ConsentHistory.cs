using System.Text.Json;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>The consents of a contact through time, read from the values before each change and the present ones.</summary>
internal static class ConsentHistory
{
    /// <summary>Lists the newest 1,000 changes, newest first.</summary>
    public static async Task<IEnumerable<ConsentChange>> ReadAsync(
        AccountDatabase database, int accountId, ContactRow contact, CancellationToken ct)
    {
        const string sql = $"""
            SELECT before::text AS before, cause_kind, cause_id, cause_detail, actor, at
            FROM crm.contact_change
            WHERE account_id = @accountId AND contact_id = @ContactId AND kind = {ContactChangeKinds.ConsentChanged}
            ORDER BY pos DESC, seq DESC
            LIMIT 1000
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { accountId, contact.ContactId }, cancellationToken: ct));
        var then = contact.Consents().ToDictionary(consent => consent.Channel);
        return rows.Select(row => row.ToProto(then)).ToList();
    }

    private sealed record Row(string Before, short CauseKind, string? CauseId, string? CauseDetail, string? Actor, DateTime At)
    {
        // Walking back in time: a recorded value applied until the next newer change.
        public ConsentChange ToProto(Dictionary<Channel, Consent> then)
        {
            using var json = JsonDocument.Parse(Before);
            var channel = json.RootElement.TryGetProperty("sms_consent", out _) ? Channel.Sms : Channel.Email;
            var recorded = then[channel];
            then[channel] = ReadBefore(json.RootElement, channel);
            return new ConsentChange
            {
                Consent = recorded,
                RecordTime = Timestamp.FromDateTime(At),
                Cause = new Cause { Kind = (Cause.Types.Kind)CauseKind, Id = CauseId ?? "", Detail = CauseDetail ?? "" },
                Actor = Actor ?? "",
            };
        }

        private static Consent ReadBefore(JsonElement json, Channel channel)
        {
            var name = channel == Channel.Sms ? "sms_consent" : "email_consent";
            var at = json.GetProperty($"{name}_at");
            return new Consent
            {
                Channel = channel,
                State = (Consent.Types.State)json.GetProperty(name).GetInt16(),
                Source = json.GetProperty($"{name}_source").GetString() ?? "",
                Time = at.ValueKind == JsonValueKind.String ? Timestamp.FromDateTimeOffset(at.GetDateTimeOffset()) : null,
            };
        }
    }
}
