using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Gives unary calls a deadline of the server if the client sent none, a longer one, or an invalid one, which gRPC treats as none. It is a little
/// longer than <c>Grpc:MaxSeconds</c>, at which <see cref="TimeLimitInterceptor"/> ends the call with the reason: it ends handlers that do not listen.
/// </summary>
internal static class DeadlineLimit
{
    private const string Header = "grpc-timeout";
    private const int Grace = 5;

    public static int MaxSeconds(IConfiguration configuration) => configuration.GetValue("Grpc:MaxSeconds", 60);

    /// <summary>The time after which no unary call goes on.</summary>
    public static TimeSpan Of(IConfiguration configuration) => TimeSpan.FromSeconds(MaxSeconds(configuration) + Grace);

    public static void UseDeadlineLimit(this WebApplication app)
    {
        var maxSeconds = MaxSeconds(app.Configuration);
        var limit = string.Create(CultureInfo.InvariantCulture, $"{Of(app.Configuration).TotalSeconds}S");
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type == MethodType.Unary
                && !(Seconds(context.Request.Headers[Header].ToString()) <= maxSeconds))
            {
                context.Request.Headers[Header] = limit;
            }

            return next(context);
        });
    }

    // Up to eight digits and a unit: github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    private static double? Seconds(string timeout)
    {
        if (timeout.Length is < 2 or > 9 || !uint.TryParse(timeout.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        return timeout[^1] switch
        {
            'H' => value * 3600.0,
            'M' => value * 60.0,
            'S' => value,
            'm' => value / 1e3,
            'u' => value / 1e6,
            'n' => value / 1e9,
            _ => null,
        };
    }
}
