using Crm.Segments.V1;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Windows;

namespace TagSegments.Segments.Sql;

/// <summary>
/// Compiles a validated filter, or one clause of it, to SQL over the read views, or over their state at a moment of the past. The text depends
/// only on the shape of the filter: every value is a parameter. Each method yields an expression that is never null, so NOT is the exact complement.
/// </summary>
internal sealed partial class FilterSql
{
    private readonly FilterContext _context;
    private readonly WindowResolver _windows;
    private readonly FilterSources _sources;
    private readonly SqlParameters _parameters;
    private int _clauses;

    private FilterSql(FilterContext context)
    {
        (_context, _windows, _sources) = (context, context.Windows, context.Sources);
        _parameters = SqlParameters.Of(context.Catalog.AccountId, context.Sources);
    }

    /// <summary>
    /// Compiles a filter for <c>SELECT ... FROM {context.Sources.Contacts} c WHERE c.account_id = @account AND (...)</c>.
    /// </summary>
    public static SqlFragment Compile(Filter filter, FilterContext context)
    {
        var (texts, parameters) = CompileEach([filter], context);
        return new SqlFragment(texts[0], parameters);
    }

    /// <summary>Compiles several filters for one such statement, with common parameters.</summary>
    public static (IReadOnlyList<string> Texts, SqlParameters Parameters) CompileEach(IEnumerable<Filter> filters, FilterContext context)
    {
        var compiler = new FilterSql(context);
        return ([.. filters.Select(filter => compiler.Node(filter, 1))], compiler._parameters);
    }

    /// <summary>Makes the parameters that the relations of a context need, for a query of its own.</summary>
    public static SqlParameters Parameters(FilterContext context, int[]? candidates = null)
    {
        var parameters = SqlParameters.Of(context.Catalog.AccountId, context.Sources);
        if (candidates is not null)
        {
            parameters.Add("candidates", candidates);
        }

        return parameters;
    }

    private string Node(Filter filter, int depth)
    {
        CheckSize(depth);
        return filter.KindCase switch
        {
            Filter.KindOneofCase.AllOf => Group(filter.AllOf, " AND ", depth),
            Filter.KindOneofCase.AnyOf => Group(filter.AnyOf, " OR ", depth),
            Filter.KindOneofCase.Negated => $"NOT {Node(filter.Negated, depth + 1)}",
            Filter.KindOneofCase.Everyone => "true",
            Filter.KindOneofCase.Tag => Tag(filter.Tag),
            Filter.KindOneofCase.TagAdded => TagAdded(filter.TagAdded),
            Filter.KindOneofCase.Field => Field(filter.Field),
            Filter.KindOneofCase.Activity => Activity(filter.Activity),
            Filter.KindOneofCase.Opportunity => Opportunity(filter.Opportunity),
            Filter.KindOneofCase.Consent => Consent(filter.Consent),
            Filter.KindOneofCase.Segment => Segment(filter.Segment, depth),
            Filter.KindOneofCase.None => throw new UnknownClauseException(),
        };
    }

    private string Group(FilterGroup group, string connective, int depth) =>
        group.Filters.Count == 0
            ? throw NotValidated("a group is empty")
            : $"({string.Join(connective, group.Filters.Select(member => Node(member, depth + 1)))})";

    private string Segment(SegmentClause clause, int depth) =>
        _context.FindSegment(clause.SegmentId) is { } filter
            ? $"({Node(filter, depth + 1)})"
            : throw FilterErrors.MissingReference(new MissingReference("segment", clause.SegmentId, "filter.segment"));

    // A validated filter is small, but segments that refer to segments multiply.
    private void CheckSize(int depth)
    {
        if (depth > FilterLimits.Depth * FilterLimits.Depth || ++_clauses > FilterLimits.ExpandedClauses)
        {
            throw FilterErrors.TooLarge("The filter is too large once the segments that it refers to are put in their places.");
        }
    }

    // Keeps subqueries from reading all contacts if only some are asked about.
    private string AmongCandidates(string alias) =>
        _context.HasCandidates ? $" AND {alias}.contact_id = ANY(@candidates)" : "";

    private string Bind(object value) => _parameters.Bind(value);

    private static ArgumentException NotValidated(string what) => new($"The filter has not been validated: {what}.");
}
