using System.Data.Common;
using Crm.Segments.V1;
using Dapper;
using TagSegments.Bitmaps;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>Lets PostgreSQL find the contacts of a filter, in the snapshot of the evaluation.</summary>
internal static class SqlEvaluator
{
    /// <summary>Up to so many candidates, handing them to PostgreSQL is faster than getting everyone who matches from it.</summary>
    private const int FewCandidates = 10_000;

    /// <summary>Answers the SQL parts of a plan, for everyone or only for those <paramref name="of"/> interest.</summary>
    public static async Task AnswerAsync(
        Snapshot snapshot, Plan plan, FilterContext context, AccountState state, int[]? of, CancellationToken ct)
    {
        var candidates = of ?? Candidates(plan, state);
        foreach (var part in plan.SqlParts)
        {
            part.Contacts = await FindAsync(snapshot, part.Filter, context, candidates, ct);
        }
    }

    /// <summary>Finds everyone who matches a filter, or those of some candidates.</summary>
    public static async Task<Bitmap> FindAsync(
        Snapshot snapshot, Filter filter, FilterContext context, int[]? candidates, CancellationToken ct)
    {
        context = context with { HasCandidates = candidates is not null };
        var fragment = FilterSql.Compile(filter, context);
        var restriction = candidates is null ? "" : "AND c.contact_id = ANY(@candidates)";
        var sql = $"""
            SELECT c.contact_id
            FROM {context.Sources.Contacts} c
            WHERE c.account_id = @account AND {fragment.Text} {restriction}
            """;
        if (candidates is not null)
        {
            fragment.Parameters.Add("candidates", candidates);
        }

        await using var reader = (DbDataReader)await snapshot.Connection.ExecuteReaderAsync(
            new CommandDefinition(sql, fragment.Parameters, snapshot.Transaction, cancellationToken: ct));
        var contacts = new BitmapEditor(Bitmap.Empty);
        while (await reader.ReadAsync(ct))
        {
            contacts.Add(reader.GetInt32(0));
        }

        return contacts.ToBitmap();
    }

    // Where the filter is an AND and its only SQL part a member of it, the other members narrow down who can match.
    private static int[]? Candidates(Plan plan, AccountState state)
    {
        if (plan.Root is not AndNode root || !root.Members.Any(member => member is SqlNode) || plan.SqlParts.Count > 1)
        {
            return null;
        }

        var rest = new AndNode([.. root.Members.Where(member => member is not SqlNode)]);
        var candidates = new Evaluation(default, state, plan with { Root = rest }).Page(0, FewCandidates + 1);
        return candidates.Length <= FewCandidates ? candidates : null;
    }
}
