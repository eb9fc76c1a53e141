using System.Globalization;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Definitions.Versions;

/// <summary>Reads the versions of segments.</summary>
internal sealed class SegmentVersions(AccountIndexes indexes)
{
    /// <summary>Lists the versions of a segment below a number, newest first, or throws NOT_FOUND.</summary>
    public Task<(IReadOnlyList<SegmentVersion> Versions, bool HasMore)> ListAsync(
        AccountInfo account, string segmentId, string name, int before, int size, CancellationToken ct) =>
        ReadAsync(account, async (store, state) =>
        {
            var id = IdOf(segmentId, name, state);
            var page = await store.ListAsync(id, before, size, ct);
            return page.Items.Count > 0 || before < int.MaxValue
                ? ((IReadOnlyList<SegmentVersion>)[.. page.Items.Select(row => ToProto(row, state))], page.HasMore)
                : throw RpcErrors.NotFound("segment", segmentId);
        }, ct);

    /// <summary>Gets a version or throws NOT_FOUND.</summary>
    public Task<SegmentVersion> GetAsync(AccountInfo account, string segmentId, string name, int version, CancellationToken ct) =>
        ReadAsync(account, async (store, state) => ToProto(await RequireAsync(store, IdOf(segmentId, name, state), version, ct), state), ct);

    /// <summary>Compares a version with another one or with a filter that is not saved.</summary>
    public Task<IReadOnlyList<DiffLine>> DiffAsync(AccountInfo account, DiffSegmentVersionsRequest request, CancellationToken ct) =>
        ReadAsync(account, async (store, state) =>
        {
            var id = IdOf(request.SegmentId, request.Name, state);
            var before = await FilterAsync(request.FromVersion);
            var after = request.ToCase is DiffSegmentVersionsRequest.ToOneofCase.Filter or DiffSegmentVersionsRequest.ToOneofCase.Text
                ? FilterReader.ReadForSaving(request.Filter, request.Text, state)
                : await FilterAsync(request.ToVersion);
            return FilterDiff.Between(before, after, state.Catalog);

            async Task<Filter> FilterAsync(int version) => version != 0
                ? (await RequireAsync(store, id, version, ct)).Filter
                : state.Definitions.GetValueOrDefault(id.ToString())?.Filter ?? throw RpcErrors.NotFound("segment", id.ToString());
        }, ct);

    /// <summary>Finds a version or throws NOT_FOUND.</summary>
    public static async Task<VersionRow> RequireAsync(VersionStore store, Guid segmentId, int version, CancellationToken ct) =>
        await store.FindAsync(segmentId, version, ct)
        ?? throw RpcErrors.NotFound("segment version", string.Create(CultureInfo.InvariantCulture, $"{segmentId}/{version}"));

    /// <summary>Gets the id of the segment that a request names by id or by name or throws NOT_FOUND.</summary>
    public static Guid IdOf(string segmentId, string name, AccountState state)
    {
        if (name.Length > 0)
        {
            return state.Catalog.Segments.ByName(name) is { } segment ? Guid.Parse(segment.Id) : throw RpcErrors.NotFound("segment", $"\"{name}\"");
        }

        return Guid.TryParse(segmentId, out var id) ? id : throw RpcErrors.NotFound("segment", segmentId);
    }

    private async Task<T> ReadAsync<T>(AccountInfo account, Func<VersionStore, AccountState, Task<T>> read, CancellationToken ct)
    {
        var (snapshot, state) = await indexes.OpenAsync(account.Id, [], ct);
        await using (snapshot)
        {
            return await read(new VersionStore(snapshot.Transaction, account.Id), state);
        }
    }

    private static SegmentVersion ToProto(VersionRow row, AccountState state)
    {
        var problems = FilterRequirements.Problems(row.Filter, state);
        return new SegmentVersion
        {
            SegmentId = row.SegmentId,
            Version = row.Version,
            Name = row.Name,
            Filter = row.Filter,
            Text = FilterPrinter.Print(row.Filter, state.Catalog),
            State = problems.Count == 0 ? Segment.Types.State.Valid : Segment.Types.State.Invalid,
            Problems = { problems },
            Author = row.Author,
            CreateTime = row.CreatedAt.ToTimestamp(),
        };
    }
}
