using System.Globalization;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>Brings the values of a field into the form of its new type, all of them or none.</summary>
internal sealed class FieldRewrite(AccountTransaction transaction, Field before, Field after, ChangeCause cause)
{
    private static readonly TextForm s_form = TextForm.Api with { ListSeparators = [";"] };
    private readonly bool _contacts = before.Target == Field.Types.Target.Contact;

    /// <summary>Rewrites the values that the change affects and returns their number.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (before.Type == after.Type && before.Choices.Except(after.Choices).FirstOrDefault() is null)
        {
            return 0;
        }

        var values = await LockAsync(ct);
        var rewritten = values.Select(value => (Value: value, Parse: Read(value))).ToList();
        if (rewritten.Where(entry => entry.Parse.Problem is not null).ToList() is [var first, ..] misfits)
        {
            throw Misfit(first.Value, first.Parse.Problem!, misfits.Count);
        }

        var changed = rewritten.Where(entry => entry.Parse.Json != Canonical(entry.Value)).ToList();
        await SaveAsync([.. changed.Select(entry => entry.Value.Id)], [.. changed.Select(entry => entry.Parse.Json!)], ct);
        changed.ForEach(entry => Log(entry.Value));
        return changed.Count;
    }

    private async Task<List<Row>> LockAsync(CancellationToken ct)
    {
        const string contactSql = """
            SELECT contact_id AS id, contact_id, 0 AS pipeline_id, 0 AS stage_id, (fields -> @key)::text AS value
            FROM crm.contact
            WHERE account_id = @AccountId AND fields ? @key
            ORDER BY contact_id
            FOR UPDATE
            """;
        const string opportunitySql = """
            SELECT opportunity_id AS id, contact_id, pipeline_id, stage_id, (fields -> @key)::text AS value
            FROM crm.opportunity
            WHERE account_id = @AccountId AND fields ? @key
            ORDER BY opportunity_id
            FOR UPDATE
            """;
        var rows = await transaction.Connection.QueryAsync<Row>(new CommandDefinition(
            _contacts ? contactSql : opportunitySql, new { transaction.AccountId, key = Key }, transaction.Transaction, cancellationToken: ct));
        return rows.AsList();
    }

    private async Task SaveAsync(int[] ids, string[] values, CancellationToken ct)
    {
        const string contactSql = """
            UPDATE crm.contact c
            SET fields = c.fields || jsonb_build_object(@key, n.value::jsonb), version = c.version + 1
            FROM unnest(@ids, @values) AS n (id, value)
            WHERE c.account_id = @AccountId AND c.contact_id = n.id
            """;
        const string opportunitySql = """
            UPDATE crm.opportunity o
            SET fields = o.fields || jsonb_build_object(@key, n.value::jsonb), version = o.version + 1
            FROM unnest(@ids, @values) AS n (id, value)
            WHERE o.account_id = @AccountId AND o.opportunity_id = n.id
            """;
        await transaction.AvoidNestedLoopsAsync(ids.Length, ct);
        await transaction.Connection.ExecuteAsync(new CommandDefinition(
            _contacts ? contactSql : opportunitySql,
            new { transaction.AccountId, key = Key, ids, values },
            transaction.Transaction,
            cancellationToken: ct));
    }

    private void Log(Row row)
    {
        var values = $"{{\"fields\":{{\"{Key}\":{row.Value}}}}}";
        if (_contacts)
        {
            transaction.LogContact(row.Id, ContactChangeKind.Updated, values, cause);
            return;
        }

        transaction.LogOpportunity(row.Id, values);
        if (row.ContactId is { } contactId)
        {
            var json = string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"opportunity_id\":{row.Id},\"pipeline_id\":{row.PipelineId},\"stage_id\":{row.StageId},\"previous_stage_id\":{row.StageId},\"before\":{values}}}");
            transaction.LogContact(contactId, ContactChangeKind.OpportunityChanged, json, cause);
        }
    }

    private FieldParse Read(Row row) =>
        FieldParse.FromText(after.Type, after.Choices, FieldParse.ToText(Canonical(row)), s_form);

    private RpcException Misfit(Row row, string problem, int count) => RpcErrors.Create(
        StatusCode.FailedPrecondition,
        ErrorReason.WrongState,
        $"{count} values do not fit, the first one of {(_contacts ? "contact" : "opportunity")} {row.Id}: {problem}.",
        ("resource", _contacts ? "contact" : "opportunity"),
        ("id", row.Id.ToString(CultureInfo.InvariantCulture)),
        ("count", count.ToString(CultureInfo.InvariantCulture)));

    private string Key => before.FieldId.ToString(CultureInfo.InvariantCulture);

    private static string Canonical(Row row)
    {
        using var json = System.Text.Json.JsonDocument.Parse(row.Value);
        return FieldJson.Canonical(json.RootElement);
    }

    private sealed record Row(int Id, int? ContactId, int PipelineId, int StageId, string Value);
}
