using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using Bounce = Crm.Segments.V1.ActivityClause.Types.Bounce;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    // Which activities of its kind count: (total > 100) of an event, (link contains "/pricing") of clicks, (hard) of bounces.
    private void ReadBrackets(ActivityClause clause)
    {
        switch (clause.Kind)
        {
            case Kind.Custom:
                clause.Properties.Add(ReadProperties());
                break;
            case Kind.Clicked:
                clause.Link = ReadLink();
                break;
            case Kind.Bounced:
                clause.Bounce = ReadBounce();
                break;
            default:
                throw _tokens.Error(
                    "only custom events have properties, clicks a link and bounces a class; write did \"...\" (...), clicked email (link contains \"...\") or "
                    + "bounced email (hard)",
                    "of campaign", "at least", "in last", "AND", "OR");
        }
    }

    private FieldClause ReadLink()
    {
        _tokens.ExpectSymbol("(");
        _tokens.ExpectWord("link");
        var link = ReadOptions(ReadComparison(FilterField.Link));
        if (_tokens.IsAhead("and") || _tokens.IsAhead("or"))
        {
            throw _tokens.Error("there can be one condition on the link; write in (...) for one of several links", FilterWords.Closing);
        }

        _tokens.ExpectSymbol(")");
        return link;
    }

    private Bounce ReadBounce()
    {
        _tokens.ExpectSymbol("(");
        var isHard = _tokens.IsAhead("hard");
        _tokens.ExpectWord("hard", "soft");
        _tokens.ExpectSymbol(")");
        return isHard ? Bounce.Hard : Bounce.Soft;
    }
}
