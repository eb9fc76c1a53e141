using System.Security.Cryptography;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>The identity of a call that may be repeated, and a hash of its content.</summary>
public sealed record RequestKey(string Principal, string Method, string RequestId, byte[] PayloadHash)
{
    /// <summary>The longest request id, in characters.</summary>
    public const int MaxLength = 100;

    private const string IdField = "request_id";

    /// <summary>What two calls share that repeat each other or clash: the payload does not count.</summary>
    public (string Principal, string Method, string RequestId) Identity => (Principal, Method, RequestId);

    /// <summary>Makes the key of a call; null without a <c>request_id</c>. Throws INVALID_ARGUMENT if the id is too long.</summary>
    public static RequestKey? Of(IMessage request, ServerCallContext context)
    {
        var requestId = (string)request.Descriptor.FindFieldByName(IdField).Accessor.GetValue(request);
        if (requestId.Length > MaxLength)
        {
            throw RpcErrors.InvalidField(IdField, $"is longer than {MaxLength} characters");
        }

        return requestId.Length == 0 ? null : new RequestKey(context.Principal(), context.Method, requestId, Hash(request));
    }

    /// <summary>Makes the error for a call that was answered before and asked for something else then; null if it asked for the same.</summary>
    public RpcException? ClashWith(byte[] answeredHash) => answeredHash.AsSpan().SequenceEqual(PayloadHash)
        ? null
        : RpcErrors.Create(
            StatusCode.FailedPrecondition,
            ErrorReason.RequestIdReused,
            "The request_id was used before with another request.",
            (IdField, RequestId));

    // The id itself is not part of the content.
    private static byte[] Hash(IMessage request)
    {
        var copy = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
        copy.Descriptor.FindFieldByName(IdField).Accessor.Clear(copy);
        return SHA256.HashData(copy.ToByteArray());
    }
}
