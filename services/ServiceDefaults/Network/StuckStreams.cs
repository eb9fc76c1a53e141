using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TagSegments.ServiceDefaults.Network;

/// <summary>
/// Lets every answer leave. Kestrel uses a stream of HTTP/2 for a later call again. If the client makes room for more of an answer at the moment at which that answer is
/// complete, the stream stays marked as one that is about to be written, so the answer of its next call never is: that call hangs until its deadline
/// (https://github.com/dotnet/aspnetcore/issues/53736, read in the code of .NET 10.0.12). Only answers that are larger than the client's window lead to it. This takes the
/// mark off when a call begins. It is private to Kestrel, so a version without it is left alone.
/// </summary>
internal static class StuckStreams
{
    private const string Namespace = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal";
    private static readonly Assembly s_kestrel = typeof(KestrelServer).Assembly;
    private static readonly PropertyInfo? s_output = s_kestrel.GetType($"{Namespace}.Http.HttpProtocol")?.GetProperty("Output");
    private static readonly FieldInfo? s_mark =
        s_kestrel.GetType($"{Namespace}.Http2.Http2OutputProducer")?.GetField("_isScheduled", BindingFlags.NonPublic | BindingFlags.Instance);

    /// <summary>Adds this to the calls of an application, before all else.</summary>
    public static void UseUnstuckStreams(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StuckStreams).FullName!);
        app.Use((context, next) =>
        {
            if (OutputOf(context.Features) is { } output && IsMarked(output))
            {
                s_mark!.SetValue(output, false);
                logger.StreamWasStuck();
            }

            return next(context);
        });
    }

    /// <summary>Gets what writes the answer of a call; null if this Kestrel has none of the kind that gets stuck.</summary>
    internal static object? OutputOf(IFeatureCollection features) =>
        features.Get<IHttp2StreamIdFeature>() is { } stream && s_output?.DeclaringType?.IsInstanceOfType(stream) == true
        && s_output.GetValue(stream) is { } output && s_mark?.DeclaringType?.IsInstanceOfType(output) == true
            ? output
            : null;

    /// <summary>Whether it counts as one that is about to be written.</summary>
    internal static bool IsMarked(object output) => s_mark!.GetValue(output) is true;

    /// <summary>Marks it, as Kestrel does too late.</summary>
    internal static void Mark(object output) => s_mark!.SetValue(output, true);
}
