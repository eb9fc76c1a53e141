using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Preview;

/// <summary>The parts of a preview that the caller wants.</summary>
internal sealed record PreviewParts(int SampleSize, bool Reach, bool Funnel);

/// <summary>Builds a preview, all of it at one moment.</summary>
internal static class Previewer
{
    /// <summary>Previews a filter; for a funnel it was evaluated node by node.</summary>
    public static async Task<PreviewSegmentResponse> PreviewAsync(OpenEvaluation evaluation, PreviewParts parts, CancellationToken ct)
    {
        var (moment, matches) = (evaluation.Moment, evaluation.Matches[0]);
        var names = moment.Today.Catalog;
        var count = matches.Count();
        var preview = new PreviewSegmentResponse
        {
            Count = count,
            ContactCount = matches.State.Living.Count,
            Funnel = parts.Funnel
                ? Funnel.Count(matches, moment.Context, names)
                : new FunnelNode { Text = FilterPrinter.Print(matches.Filter, names), Path = "filter", Count = count },
            EvaluationTime = moment.Now.ToTimestamp(),
            ErasedContacts = moment.Then.ErasedContacts,
        };
        preview.Sample.AddRange(await ContactsAsync(moment, Sample.Spread(matches, count, parts.SampleSize), ct));
        if (parts.Reach)
        {
            var reach = new Reach(moment.Snapshot, moment.Context, matches.ToBitmap());
            preview.Channels.Add(await reach.MeasureAsync(Channel.Email, ct));
            preview.Channels.Add(await reach.MeasureAsync(Channel.Sms, ct));
        }

        return preview;
    }

    private static async Task<IEnumerable<SampleContact>> ContactsAsync(Moment moment, int[] contactIds, CancellationToken ct)
    {
        var context = moment.Context.ForCandidates();
        var sql = $"""
            SELECT contact_id, coalesce(external_id, '') AS external_id, coalesce(email, '') AS email, coalesce(phone, '') AS phone,
                   coalesce(first_name, '') AS first_name, coalesce(last_name, '') AS last_name
            FROM {context.Sources.Contacts} c
            WHERE account_id = @account AND contact_id = ANY(@candidates)
            ORDER BY contact_id
            """;
        return contactIds.Length == 0 ? [] : await moment.Snapshot.QueryAsync<SampleContact>(sql, FilterSql.Parameters(context, contactIds), ct);
    }
}
