using System.Diagnostics;

namespace TagSegments.ServiceDefaults.Traces;

/// <summary>
/// Begins the spans of the services' own work. They carry ids of accounts and numbers, never the names or addresses of people. What lives long, as a
/// campaign or a run of a workflow, has a trace whose id is its own id, whichever processes work on it.
/// </summary>
public static class Spans
{
    /// <summary>The name of the source of the spans.</summary>
    public const string SourceName = "TagSegments.Work";

    /// <summary>The tag with the id of the account.</summary>
    public const string AccountId = "tagsegments.account.id";

    private const int MostLinks = 100;
    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Begins a span inside the current one; null if there is none.</summary>
    public static Activity? Inside(string name, int accountId) =>
        Activity.Current is null ? null : s_source.StartActivity(name)?.SetTag(AccountId, accountId);

    /// <summary>Begins a trace of its own.</summary>
    public static Activity? Root(string name, int accountId)
    {
        Activity.Current = null;
        return s_source.StartActivity(name)?.SetTag(AccountId, accountId);
    }

    /// <summary>Begins a span in the trace of a thing.</summary>
    public static Activity? Of(Guid id, string name, int accountId) => Of([id], name, accountId);

    /// <summary>Begins a span of work for several things: in the trace of the first, with links to those of the others.</summary>
    public static Activity? Of(IEnumerable<Guid> ids, string name, int accountId) => Together(ids.Select(ContextOf), name, accountId);

    /// <summary>Begins a span of work for several callers: inside the span of the first, with links to those of the others.</summary>
    public static Activity? Together(IEnumerable<ActivityContext> callers, string name, int accountId)
    {
        if (!s_source.HasListeners())
        {
            return null;
        }

        var traced = callers.Where(caller => caller != default).Distinct().Take(MostLinks).ToList();
        if (traced.Count == 0)
        {
            return Root(name, accountId);
        }

        var links = traced.Skip(1).Select(caller => new ActivityLink(caller));
        return s_source.StartActivity(name, ActivityKind.Internal, traced[0], links: links)?.SetTag(AccountId, accountId);
    }

    /// <summary>Links the current span to the trace of a thing.</summary>
    public static void LinkTo(Guid id) => Activity.Current?.AddLink(new ActivityLink(ContextOf(id)));

    /// <summary>Marks a span as failed. The message of the exception may quote people's data, so only its type is kept.</summary>
    public static void Fail(this Activity? span, Exception exception) => span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);

    // Nobody has drawn yet whether the trace is recorded: every process draws the same from its id.
    private static ActivityContext ContextOf(Guid id)
    {
        var bytes = id.ToByteArray(bigEndian: true);
        return new(
            ActivityTraceId.CreateFromBytes(bytes), ActivitySpanId.CreateFromBytes(bytes.AsSpan(8)), ActivityTraceFlags.None, traceState: null, isRemote: true);
    }
}
