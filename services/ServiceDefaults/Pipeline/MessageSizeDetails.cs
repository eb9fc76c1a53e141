using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Adds details to the refusal of a message that is too large. Grpc.AspNetCore checks the size before it parses a message, so interceptors and
/// marshallers do not see the message, and the status is a bare RESOURCE_EXHAUSTED.
/// </summary>
internal static class MessageSizeDetails
{
    private static readonly string s_status = ((int)StatusCode.ResourceExhausted).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static readonly string s_details = Convert.ToBase64String(RpcErrors
        .Create(StatusCode.ResourceExhausted, ErrorReason.MessageTooLarge, "The message is larger than 4 MB. Send less at once.")
        .GetRpcStatus()!
        .ToByteArray());

    public static void UseMessageSizeDetails(this WebApplication app) => app.Use(async (context, next) =>
    {
        await next(context);
        var trailers = context.Trailers();
        if (trailers[CallTrailers.Status] == s_status && !trailers.ContainsKey(CallTrailers.Details))
        {
            trailers[CallTrailers.Details] = s_details;
        }
    });
}
