using Crm.Segments.V1;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    private string Tag(TagClause clause) => clause.Match switch
    {
        TagClause.Types.Match.Any => HasAnyTag(clause),
        TagClause.Types.Match.None => $"NOT {HasAnyTag(clause)}",
        TagClause.Types.Match.All => HasAllTags([.. clause.TagIds.Distinct()]),
        _ => throw NotValidated("a tag clause has no match"),
    };

    private string HasAnyTag(TagClause clause) => $"EXISTS ({TagRows("")} AND {WhichTags(clause)})";

    private string HasAllTags(int[] tagIds) =>
        $"({TagRows("count(*)")} AND t.tag_id = ANY({Bind(tagIds)})) = {Bind((long)tagIds.Length)}";

    private string WhichTags(TagClause clause) =>
        clause.TagIds.Count > 0 ? $"t.tag_id = ANY({Bind(clause.TagIds.Distinct().ToArray())})"
        : clause.NamePrefix.Length > 0 ? TagsByPrefix(clause.NamePrefix)
        : "t.tag_id > 0";

    private string TagsByPrefix(string prefix) => $"""
        t.tag_id IN (
            SELECT n.tag_id FROM {_sources.Tags} n
            WHERE n.account_id = @account AND n.deleted_at IS NULL AND starts_with(n.name, {Bind(prefix)}))
        """;

    // 16,384 contacts a chunk. Tag 0 holds the living contacts and is no tag to people.
    private string TagRows(string columns) => $"""
        SELECT {columns} FROM {_sources.TagChunks} t
        WHERE t.account_id = @account AND t.chunk = c.contact_id >> 14 AND get_bit(t.bits, c.contact_id & 16383) = 1
        """;

    private string TagAdded(TagAddedClause clause)
    {
        var tag = Bind(clause.TagId);
        var at = TimeColumn.Instant("h.at");
        return $"""
            (c.contact_id IN (
                SELECT h.contact_id FROM {_sources.TagChanges} h{ZoneJoin("h", clause.Window)}
                WHERE h.account_id = @account AND h.tag_id = {tag} AND h.op = {TagOps.Added} AND h.contact_id IS NOT NULL{AmongCandidates("h")}
                    AND {InWindow(at, clause.Window, "z")})
            OR EXISTS (
                SELECT FROM {_sources.TagChanges} h
                WHERE h.account_id = @account AND h.tag_id = {tag} AND h.op = {TagOps.Added} AND h.contact_id IS NULL
                    AND h.chunk = c.contact_id >> 14 AND get_bit(h.bits, c.contact_id & 16383) = 1
                    AND {InWindow(at, clause.Window, "c")}))
            """;
    }
}
