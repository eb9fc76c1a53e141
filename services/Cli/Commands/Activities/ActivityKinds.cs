using Crm.Activity.V1;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Cli.Commands.Activities;

/// <summary>What a word in a file calls an activity.</summary>
/// <param name="Kind">The kind; not set if rows of it are left out.</param>
/// <param name="EventName">The name of a custom event; otherwise empty.</param>
/// <param name="Bounce">The class of a bounce, if the word says it.</param>
internal sealed record ActivityKind(Kind Kind, string EventName = "", Activity.Types.Bounce Bounce = Activity.Types.Bounce.Unspecified)
{
    /// <summary>Rows of it are left out.</summary>
    public static ActivityKind None { get; } = new(Kind.Unspecified);

    /// <summary>The name of what is counted in the summary.</summary>
    public string Name => Kind == Kind.Custom ? EventName : Kind.ToString().ToLowerInvariant();
}

/// <summary>The words of this and other tools for kinds of activity. A word that is none of them is the name of a custom event.</summary>
internal sealed class ActivityKinds
{
    private static readonly (string[] Words, ActivityKind Kind)[] s_usual =
    [
        (["sent", "send", "sends", "processed", "sent email"], new(Kind.Sent)),
        (["delivered", "delivery", "received email"], new(Kind.Delivered)),
        (["opened", "open", "opens", "opened email", "email opened", "unique opened"], new(Kind.Opened)),
        (["clicked", "click", "clicks", "clicked email", "email clicked", "clicked link"], new(Kind.Clicked)),
        (["bounced", "bounce", "bounces", "bounced email"], new(Kind.Bounced)),
        (["hard bounce", "hard bounced", "hard"], new(Kind.Bounced, "", Activity.Types.Bounce.Hard)),
        (["soft bounce", "soft bounced", "soft"], new(Kind.Bounced, "", Activity.Types.Bounce.Soft)),
        (["replied", "reply", "replies"], new(Kind.Replied)),
        (["unsubscribed", "unsubscribe", "unsub", "unsubscribes", "unsubscribed from email"], new(Kind.Unsubscribed)),
        (["complained", "complaint", "complaints", "spam", "spam report", "spamreport", "abuse", "marked email as spam"], new(Kind.Complained)),
    ];

    private readonly Dictionary<string, ActivityKind> _words = s_usual
        .SelectMany(kind => kind.Words.Select(word => KeyValuePair.Create(word, kind.Kind)))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Takes the words of a tool and those of the command line, as WORD=KIND: what comes last counts.</summary>
    public ActivityKinds(IEnumerable<string> words)
    {
        foreach (var pair in words)
        {
            var at = pair.LastIndexOf('=');
            if (at < 1)
                throw new CliError($"--kind-word {pair} says nothing.", "Write --kind-word WORD=KIND, or WORD= to leave its rows out.");
            _words[Plain(pair[..at])] = pair[(at + 1)..] is { Length: > 0 } kind ? Of(kind) : ActivityKind.None;
        }
    }

    /// <summary>Reads a word.</summary>
    public ActivityKind Of(string word) => _words.GetValueOrDefault(Plain(word)) ?? new(Kind.Custom, word.Trim());

    private static string Plain(string word) => word.Trim().Replace('_', ' ').Replace('-', ' ').ToLowerInvariant();
}
