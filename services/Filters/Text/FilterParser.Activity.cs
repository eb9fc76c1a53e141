using Crm.Common.V1;
using Crm.Segments.V1;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private static readonly Dictionary<string, Kind> s_verbs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sent"] = Kind.Sent,
        ["delivered"] = Kind.Delivered,
        ["received"] = Kind.Delivered,
        ["opened"] = Kind.Opened,
        ["open"] = Kind.Opened,
        ["clicked"] = Kind.Clicked,
        ["click"] = Kind.Clicked,
        ["bounced"] = Kind.Bounced,
        ["replied"] = Kind.Replied,
        ["reply"] = Kind.Replied,
        ["unsubscribed"] = Kind.Unsubscribed,
        ["unsubscribe"] = Kind.Unsubscribed,
        ["complained"] = Kind.Complained,
    };

    private bool IsActivityAhead() =>
        (_tokens.IsAhead("was") && (_tokens.Peek(1).IsWord("never") || _tokens.Peek(1).IsWord("not") || s_verbs.ContainsKey(_tokens.Peek(1).Value)))
        || (_tokens.Current.Kind == TokenKind.Word && s_verbs.ContainsKey(_tokens.Current.Value));

    // never opened email ...; never asked for email
    private Filter Never()
    {
        _tokens.Skip(1);
        return _tokens.IsAhead("asked") ? ConsentFilter() : ActivityFilter(new Quantity { AtMost = 0 });
    }

    // did "Webinar Attended" ...; did not open email ...; did unsubscribe from email ...
    private Filter Did()
    {
        _tokens.Skip(1);
        return ActivityFilter(_tokens.AcceptAny("not", "never") ? new Quantity { AtMost = 0 } : null);
    }

    // does not have tag "X"; does not have opportunity (...)
    private Filter DoesNot()
    {
        _tokens.Skip(2);
        _tokens.ExpectWord("have");
        _ = _tokens.Accept("any");
        return IsOpportunityWord(_tokens.Current) ? OpportunityFilter(new Quantity { AtMost = 0 }) : Tags(TagClause.Types.Match.None);
    }

    // no email opened in last 90 days; no opportunity (...); no tag
    private Filter No()
    {
        _tokens.Skip(1);
        if (IsTagAhead())
        {
            return Tags(TagClause.Types.Match.None);
        }

        if (IsOpportunityWord(_tokens.Current))
        {
            return OpportunityFilter(new Quantity { AtMost = 0 });
        }

        var clause = new ActivityClause { Channel = ReadChannel(), Quantity = new Quantity { AtMost = 0 } };
        clause.Kind = ReadVerb();
        return ActivityDetails(clause);
    }

    private Filter ActivityFilter(Quantity? quantity)
    {
        _ = _tokens.Accept("was");
        if (_tokens.AcceptAny("never", "not"))
        {
            quantity = new Quantity { AtMost = 0 };
        }

        _ = _tokens.AcceptAny("was", "did");
        var clause = new ActivityClause { Quantity = quantity };
        if (_tokens.Current.Kind == TokenKind.Text)
        {
            (clause.Kind, clause.EventName) = (Kind.Custom, _tokens.Current.Value);
            _tokens.Skip(1);
            return ActivityDetails(clause);
        }

        clause.Kind = ReadVerb();
        _ = _tokens.AcceptAny("to", "from", "about", "by", "an", "any");
        clause.Channel = ReadChannel();
        return ActivityDetails(clause);
    }

    private Kind ReadVerb()
    {
        var token = _tokens.Current;
        if (token.Kind != TokenKind.Word || !s_verbs.TryGetValue(token.Value, out var kind))
        {
            throw _tokens.Error($"{token} cannot stand here", "sent", "delivered", "opened", "clicked", "bounced", "replied", "unsubscribed", "complained");
        }

        _tokens.Skip(1);
        return kind;
    }

    private Channel ReadChannel()
    {
        if (_tokens.AcceptAny("sms", "texts"))
        {
            return Channel.Sms;
        }

        _tokens.ExpectWord("email", "emails", "sms");
        return Channel.Email;
    }
}
