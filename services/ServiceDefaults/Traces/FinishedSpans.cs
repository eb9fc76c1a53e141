using System.Diagnostics;
using OpenTelemetry;
using TagSegments.ServiceDefaults.Logs;

namespace TagSegments.ServiceDefaults.Traces;

/// <summary>
/// Gives spans their last form: calls get the name of their method, and people's data goes, such as messages of exceptions, which may quote a value, and
/// the addresses of callers.
/// </summary>
internal sealed class FinishedSpans : BaseProcessor<Activity>
{
    private static readonly string[] s_ofCallers = ["client.address", "client.port", "network.peer.address", "network.peer.port", "user_agent.original", "url.query"];

    private static readonly ActivityListener s_listener = new()
    {
        ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
        ExceptionRecorder = static (Activity _, Exception exception, ref TagList tags) =>
        {
            tags.Add("exception.message", "(hidden)");
            tags.Add("exception.stacktrace", exception.StackTrace ?? "");
        },
    };

    static FinishedSpans() => ActivitySource.AddActivityListener(s_listener);

    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server)
        {
            // The instrumentation has named it after the HTTP request.
            data.DisplayName = data.GetTagItem("rpc.method") as string ?? data.DisplayName;
            Array.ForEach(s_ofCallers, name => data.SetTag(name, null));
        }

        if (data.StatusDescription is { } description)
        {
            data.SetStatus(data.Status, PersonalText.Hide(description));
        }
    }
}
