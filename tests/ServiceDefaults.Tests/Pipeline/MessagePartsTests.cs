using System.Buffers;
using Crm.Activity.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.ServiceDefaults.Pipeline;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Pipeline;

/// <summary>Of the kind of finding 18: a small request must not become a large object.</summary>
public sealed class MessagePartsTests
{
    // An element of field 1 or 2 that has no bytes.
    private static readonly byte[] s_emptyFirst = [0x0A, 0x00];
    private static readonly byte[] s_emptySecond = [0x12, 0x00];

    [Fact]
    public void Finding_18_A_request_of_a_million_empty_messages_is_refused_before_it_is_read()
    {
        var payload = Repeat(s_emptySecond, 1_000_000);
        Assert.Equal(1_000_000, RecordActivitiesRequest.Parser.ParseFrom(payload).Activities.Count);

        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.MalformedMessage, () => Refuse(RecordActivitiesRequest.Descriptor, payload));
    }

    [Fact]
    public void Empty_messages_within_messages_count()
    {
        // A value with a list of values.
        var payload = Wrap(tag: 0x32, Repeat(s_emptyFirst, 600_000));
        Assert.Equal(600_000, Value.Parser.ParseFrom(payload).ListValue.Values.Count);

        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.MalformedMessage, () => Refuse(Value.Descriptor, payload));
    }

    [Fact]
    public void A_large_request_of_large_parts_passes()
    {
        var request = new RecordActivitiesRequest { Account = "acme" };
        request.Activities.AddRange(Enumerable.Range(1, 10_000).Select(id => new Activity { ContactId = id, EventName = new string('x', 300) }));

        Refuse(RecordActivitiesRequest.Descriptor, request.ToByteArray());
    }

    [Fact]
    public void A_text_is_not_taken_for_a_message()
    {
        // A name of a million bytes that would be half a million parts.
        Refuse(Activity.Descriptor, new Activity { EventName = string.Concat(Enumerable.Repeat("\n\0", 600_000)) }.ToByteArray());
    }

    private static void Refuse(MessageDescriptor type, byte[] payload) => MessageParts.Refuse(type, new ReadOnlySequence<byte>(payload));

    private static byte[] Repeat(byte[] part, int count) => [.. Enumerable.Repeat(part, count).SelectMany(bytes => bytes)];

    private static byte[] Wrap(byte tag, byte[] inner)
    {
        var stream = new MemoryStream();
        stream.WriteByte(tag);
        var output = new CodedOutputStream(stream);
        output.WriteBytes(ByteString.CopyFrom(inner));
        output.Flush();
        return stream.ToArray();
    }
}
