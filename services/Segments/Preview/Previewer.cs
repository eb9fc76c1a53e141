using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Preview;

/// <summary>What of a preview is asked for.</summary>
internal sealed record PreviewParts(int SampleSize, bool Reach, bool Funnel);

/// <summary>Puts a preview together, all of it from one snapshot at one <c>now</c>.</summary>
internal sealed class Previewer(Evaluator evaluator)
{
    /// <summary>Previews a filter.</summary>
    public Task<PreviewSegmentResponse> PreviewAsync(
        int accountId, Func<AccountState, Filter> read, PreviewParts parts, CancellationToken ct) =>
        evaluator.WithinAsync(
            accountId,
            state => [new Question(read(state)) { Apart = parts.Funnel }],
            (snapshot, evaluations) => PreviewAsync(snapshot, evaluations[0], parts, ct),
            ct);

    private static async Task<PreviewSegmentResponse> PreviewAsync(
        Snapshot snapshot, Evaluation.Evaluation evaluation, PreviewParts parts, CancellationToken ct)
    {
        var context = Evaluator.Context(evaluation.State, evaluation.Now);
        var count = evaluation.Count();
        var preview = new PreviewSegmentResponse
        {
            Count = count,
            ContactCount = evaluation.State.Living.Count,
            Funnel = parts.Funnel ? Funnel.Count(evaluation, context) : Whole(evaluation, count),
            EvaluationTime = evaluation.Now.ToTimestamp(),
        };
        preview.Sample.AddRange(await ContactsAsync(snapshot, Sample.Spread(evaluation, count, parts.SampleSize), ct));
        if (parts.Reach)
        {
            var reach = new Reach(snapshot, context, evaluation.ToBitmap());
            preview.Channels.Add(await reach.MeasureAsync(Channel.Email, ct));
            preview.Channels.Add(await reach.MeasureAsync(Channel.Sms, ct));
        }

        return preview;
    }

    private static FunnelNode Whole(Evaluation.Evaluation evaluation, int count) => new()
    {
        Text = FilterPrinter.Print(evaluation.Filter, evaluation.State.Catalog),
        Path = "filter",
        Count = count,
    };

    private static async Task<IEnumerable<SampleContact>> ContactsAsync(Snapshot snapshot, int[] contactIds, CancellationToken ct)
    {
        const string sql = """
            SELECT contact_id, coalesce(external_id, '') AS external_id, coalesce(email, '') AS email, coalesce(phone, '') AS phone,
                   coalesce(first_name, '') AS first_name, coalesce(last_name, '') AS last_name
            FROM crm.segment_contacts
            WHERE account_id = @AccountId AND contact_id = ANY(@contactIds)
            ORDER BY contact_id
            """;
        return contactIds.Length == 0 ? [] : await snapshot.QueryAsync<SampleContact>(sql, new { snapshot.AccountId, contactIds }, ct);
    }
}
