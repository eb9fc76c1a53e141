using System.Globalization;

namespace TagSegments.Standalone.Demo;

/// <summary>Generates the demo account: the same contacts each time, with e-mail activity in the 90 days before <paramref name="now"/>.</summary>
internal sealed class DemoData(int count, DateTimeOffset now)
{
    /// <summary>The stages of the pipeline, in order.</summary>
    public static readonly IReadOnlyList<string> Stages = ["Prospecting", "Qualified", "Proposal", "Won", "Lost"];

    // Newsletters went out 3, 10, 17 ... days ago and are opened within two days: whether an open lies in the last 7 days never depends
    // on the hour at which the demo runs.
    private const int Issues = 12;
    private const int DaysBetweenIssues = 7;
    private const int DaysSinceLastIssue = 3;

    private readonly Random _random = new(20_261_123);

    /// <summary>Generates the contacts. Call it once; another call would draw other numbers.</summary>
    public IReadOnlyList<DemoContact> Create() => Enumerable.Range(1, count).Select(Contact).ToList();

    private DemoContact Contact(int number)
    {
        var place = Pick(DemoWords.Places);
        var (first, last) = (Pick(place.FirstNames), Pick(place.LastNames));
        var company = $"{Pick(DemoWords.LastParts)} {Pick(DemoWords.CompanyKinds)}";
        var plan = Weighted(("none", 60), ("Basic", 22), ("Pro", 13), ("Enterprise", 5));
        var newsletter = Chance(70);
        return new DemoContact(
            ExternalId: string.Create(CultureInfo.InvariantCulture, $"C{number:D6}"),
            FirstName: first,
            LastName: last,
            Email: string.Create(CultureInfo.InvariantCulture, $"{DemoWords.Ascii(first)}.{DemoWords.Ascii(last)}{number}@example.com"),
            Phone: string.Create(CultureInfo.InvariantCulture, $"{place.DialCode} {_random.Next(100, 999)} {_random.Next(1_000_000, 9_999_999)}"),
            Country: place.Country,
            City: Pick(place.Cities),
            Language: place.Language,
            Company: company,
            Industry: Pick(DemoWords.Industries),
            Plan: plan,
            LeadScore: _random.Next(0, 101),
            SignupDate: DateOnly.FromDateTime(now.UtcDateTime).AddDays(-_random.Next(1, 1500)),
            Newsletter: newsletter,
            Tags: Tags(plan).ToList(),
            Unsubscribed: Chance(5),
            Deals: Deals(number, plan).ToList(),
            Mails: newsletter ? Mails().ToList() : []);
    }

    private IEnumerable<string> Tags(string plan)
    {
        yield return Weighted(("Source: Website", 40), ("Source: Facebook", 20), ("Source: Webinar", 15), ("Source: Trade Fair", 15), ("Source: Referral", 10));
        yield return plan is "none" ? Weighted(("Stage: Lead", 70), ("Stage: Prospect", 30)) : "Stage: Customer";
        if (plan is "Enterprise" || Chance(2))
            yield return "VIP";
        if (Chance(8))
            yield return "Webinar Attendee";
        if (Chance(5))
            yield return "Requested Demo";
    }

    private IEnumerable<DemoDeal> Deals(int number, string plan)
    {
        var deals = plan is "none" ? (Chance(10) ? 1 : 0) : _random.Next(1, 3);
        for (var i = 1; i <= deals; i++)
        {
            var stage = Weighted(("Prospecting", 15), ("Qualified", 20), ("Proposal", 15), ("Won", 35), ("Lost", 15));
            var opened = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-_random.Next(5, 400));
            var open = stage is not ("Won" or "Lost");
            yield return new(
                string.Create(CultureInfo.InvariantCulture, $"D{number:D6}-{i}"),
                Pick(DemoWords.Products),
                stage,
                stage is "Prospecting" ? null : _random.Next(2, 400) * 50m,
                opened,
                open ? null : opened.AddDays(_random.Next(1, 5)));
        }
    }

    private IEnumerable<DemoMail> Mails()
    {
        // Some read everything, most now and then, some never.
        var interest = Weighted((0, 30), (15, 40), (45, 20), (80, 10));
        for (var issue = 1; issue <= Issues; issue++)
        {
            var sent = now.AddDays(-DaysSinceLastIssue - (Issues - issue) * DaysBetweenIssues).AddMinutes(_random.Next(0, 60));
            DateTimeOffset? opened = Chance(interest) ? sent.AddMinutes(_random.Next(2, 2 * 24 * 60)) : null;
            DateTimeOffset? clicked = opened is { } at && Chance(15) ? at.AddSeconds(_random.Next(5, 600)) : null;
            yield return new(issue, sent, opened, clicked);
        }
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private T Weighted<T>(params (T Value, int Weight)[] choices)
    {
        var ticket = _random.Next(choices.Sum(choice => choice.Weight));
        foreach (var (value, weight) in choices)
        {
            if (ticket < weight)
                return value;
            ticket -= weight;
        }
        throw new InvalidOperationException("The ticket is smaller than the sum of the weights.");
    }
}
