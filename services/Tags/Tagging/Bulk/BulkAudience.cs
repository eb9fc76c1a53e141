using System.Runtime.InteropServices;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.ClientFactory;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Finds the contacts that an operation is about.</summary>
internal sealed class BulkAudience(GrpcClientFactory clients, AccountDatabase database)
{
    /// <summary>Returns contacts as bits by chunk, and how many were left out of them; numbers below 1 are nobody's.</summary>
    public async Task<(SortedDictionary<int, byte[]> Chunks, int Excluded)> FindAsync(string account, BulkContacts contacts, CancellationToken ct)
    {
        var chunks = contacts.Ids is { } ids ? ChunkBits.Split(ids.ContactIds) : await FindAsync(account, contacts.Matching, ct);
        return (chunks, ChunkBits.Remove(chunks, contacts.ExcludeContactIds));
    }

    /// <summary>Throws the error of the segment service if a filter cannot be evaluated.</summary>
    public async Task CheckAsync(string account, BulkContacts contacts, CancellationToken ct)
    {
        if (contacts.Matching is { } source)
        {
            await Segments().CountContactsAsync(new CountContactsRequest { Account = account, Source = source }, cancellationToken: ct);
        }
    }

    /// <summary>Evaluates the filter of a pending operation and starts it; nothing happens if it was cancelled meanwhile.</summary>
    public async Task PrepareAsync(string account, BulkRow operation, CancellationToken ct)
    {
        var source = JsonParser.Default.Parse<FilterSource>(operation.Source);
        var chunks = await FindAsync(account, source, ct);
        ChunkBits.Remove(chunks, operation.ExcludeContactIds.Cast<int>());
        await using var connection = await database.OpenAsync(operation.AccountId, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await BulkStore.SetRunningAsync(transaction, operation, chunks.Values.Sum(bits => ChunkBits.Count(bits)), ct) == 1)
        {
            await BulkStore.InsertChunksAsync(transaction, operation.AccountId, operation.OperationId, chunks, ct);
            await transaction.CommitAsync(ct);
        }
    }

    private async Task<SortedDictionary<int, byte[]>> FindAsync(string account, FilterSource source, CancellationToken ct)
    {
        using var call = Segments().StreamMatches(new StreamMatchesRequest { Account = account, Source = source }, cancellationToken: ct);
        var contactIds = new List<int>();
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
        {
            contactIds.AddRange(MemoryMarshal.Cast<byte, int>(part.ContactIds.Span));
        }

        return ChunkBits.Split(contactIds);
    }

    // Made when needed: the service starts and serves everything else without the segment service.
    private SegmentService.SegmentServiceClient Segments() =>
        clients.CreateClient<SegmentService.SegmentServiceClient>(nameof(SegmentService.SegmentServiceClient));
}
