using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
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

    private static readonly string[] s_activities = ["sent", "delivered", "opened", "clicked", "bounced", "replied", "unsubscribed", "complained"];

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
            clause.Kind = Kind.Custom;
            clause.EventName = Placed(clause, "event_name", () => ReadText("the name of an event in double quotes"));
            return ActivityDetails(clause);
        }

        RequireVerb();
        clause.Kind = ReadVerb();
        _ = _tokens.AcceptAny("to", "from", "about", "by", "an", "any");
        clause.Channel = ReadChannel();
        return ActivityDetails(clause);
    }

    // `did test`: a word that is not close to a verb is the name of an event.
    private void RequireVerb()
    {
        var token = _tokens.Current;
        if (token.Kind == TokenKind.Bracketed
            || (token.Kind == TokenKind.Word && !s_verbs.ContainsKey(token.Value) && Suggestions.For(token.Value, s_verbs.Keys).Count == 0))
        {
            var name = token.Kind == TokenKind.Bracketed ? $"\"{MessageText.Short(token.Value)}\"" : Quoted();
            throw QuotesMissing($"{token} is no activity; the name of an event stands in double quotes", [name, .. s_activities]);
        }
    }

    private Kind ReadVerb()
    {
        var token = _tokens.Current;
        if (token.Kind != TokenKind.Word || !s_verbs.TryGetValue(token.Value, out var kind))
        {
            throw _tokens.Error($"{token} cannot stand here", s_activities);
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
