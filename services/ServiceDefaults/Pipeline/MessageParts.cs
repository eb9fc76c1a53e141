using System.Buffers;
using Crm.Errors.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Refuses a request of more than 500,000 parts before it is read. Two bytes make an empty message, which takes a hundred in memory: 4 MB
/// would take hundreds.
/// </summary>
internal static class MessageParts
{
    /// <summary>The most fields and elements of a request, those of its inner messages included.</summary>
    public const int Most = 500_000;

    private const int SmallestPart = 2;

    // As protobuf has it for the reading that follows.
    private const int Deepest = 100;

    /// <summary>Throws INVALID_ARGUMENT with reason MALFORMED_MESSAGE if the message has too many parts.</summary>
    public static void Refuse(MessageDescriptor type, ReadOnlySequence<byte> payload)
    {
        // Nearly every request is too small to have so many.
        if (payload.Length > Most * SmallestPart)
        {
            var left = Most;
            using var input = new CodedInputStream(payload.ToArray());
            Count(input, type, payload.Length, ref left, Deepest);
        }
    }

    private static void Count(CodedInputStream input, MessageDescriptor type, long end, ref int left, int depth)
    {
        while (input.Position < end)
        {
            var tag = input.ReadTag();
            if (--left < 0)
            {
                throw RpcErrors.Create(
                    StatusCode.InvalidArgument, ErrorReason.MalformedMessage, $"The request has more than {Most:N0} fields and elements. Send less at once.");
            }

            var isInner = WireFormat.GetTagWireType(tag) is WireFormat.WireType.LengthDelimited
                && type.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag)) is { FieldType: FieldType.Message };
            if (isInner && depth > 0)
            {
                var length = input.ReadLength();
                var inner = type.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag)).MessageType;
                Count(input, inner, Math.Min(end, input.Position + length), ref left, depth - 1);
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}
