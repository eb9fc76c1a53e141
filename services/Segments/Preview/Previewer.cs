using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using TagSegments.Segments.Past;

namespace TagSegments.Segments.Preview;

/// <summary>What of a preview is asked for.</summary>
internal sealed record PreviewParts(int SampleSize, bool Reach, bool Funnel);

/// <summary>Puts a preview together, all of it from one snapshot at one <c>now</c>, or as of an instant of the past.</summary>
internal sealed class Previewer(AnytimeEvaluator evaluator)
{
    /// <summary>Previews a filter.</summary>
    public Task<PreviewSegmentResponse> PreviewAsync(
        int accountId, Timestamp? asOf, Func<AccountState, AccountState, Filter> read, PreviewParts parts, CancellationToken ct) =>
        evaluator.WithinAsync(
            accountId,
            asOf,
            (today, then) => [new Question(read(today, then)) { Apart = parts.Funnel }],
            (scope, evaluations) => PreviewAsync(scope, evaluations[0], parts, ct),
            ct);

    private static async Task<PreviewSegmentResponse> PreviewAsync(
        EvaluationScope scope, Evaluation.Evaluation evaluation, PreviewParts parts, CancellationToken ct)
    {
        var (_, context, today) = scope;
        var count = evaluation.Count();
        var preview = new PreviewSegmentResponse
        {
            Count = count,
            ContactCount = evaluation.State.Living.Count,
            Funnel = parts.Funnel
                ? Funnel.Count(evaluation, context, today.Catalog)
                : new FunnelNode { Text = FilterPrinter.Print(evaluation.Filter, today.Catalog), Path = "filter", Count = count },
            EvaluationTime = evaluation.Now.ToTimestamp(),
        };
        preview.Sample.AddRange(await ContactsAsync(scope, Sample.Spread(evaluation, count, parts.SampleSize), ct));
        if (parts.Reach)
        {
            var reach = new Reach(scope.Snapshot, context, evaluation.ToBitmap());
            preview.Channels.Add(await reach.MeasureAsync(Channel.Email, ct));
            preview.Channels.Add(await reach.MeasureAsync(Channel.Sms, ct));
        }

        return preview;
    }

    private static async Task<IEnumerable<SampleContact>> ContactsAsync(EvaluationScope scope, int[] contactIds, CancellationToken ct)
    {
        var context = scope.Context with { HasCandidates = true };
        var sql = $"""
            SELECT contact_id, coalesce(external_id, '') AS external_id, coalesce(email, '') AS email, coalesce(phone, '') AS phone,
                   coalesce(first_name, '') AS first_name, coalesce(last_name, '') AS last_name
            FROM {context.Sources.Contacts} c
            WHERE account_id = @account AND contact_id = ANY(@candidates)
            ORDER BY contact_id
            """;
        return contactIds.Length == 0 ? [] : await scope.Snapshot.QueryAsync<SampleContact>(sql, FilterSql.Parameters(context, contactIds), ct);
    }
}
