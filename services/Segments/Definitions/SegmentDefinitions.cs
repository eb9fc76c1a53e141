using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Segments.Definitions.Versions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Definitions;

/// <summary>Keeps saved segments: each method is one transaction.</summary>
internal sealed class SegmentDefinitions(DefinitionChanges changes, AccountIndexes indexes)
{
    private const int MostNamed = 20;

    /// <summary>Saves a new segment.</summary>
    public Task<CreateSegmentResponse> CreateAsync(AccountInfo account, CreateSegmentRequest request, ServerCallContext context) =>
        ChangeAsync(account, request, context, async (store, state, ct) =>
        {
            var filter = FilterReader.ReadForSaving(request.Segment.Filter, request.Text, state);
            var now = changes.Now;
            var row = new SegmentRow(
                Guid.CreateVersion7().ToString(), request.Segment.Name, request.Segment.Description, JsonFormatter.Default.Format(filter), 1, now, now);
            await SaveAsync(store, row, state, context, request.Text);
            return new CreateSegmentResponse { Segment = ToSegment(row, state) };
        });

    /// <summary>Gets a segment by its id or throws NOT_FOUND.</summary>
    public async Task<Segment> FindByIdAsync(AccountInfo account, string segmentId, CancellationToken ct) =>
        await FindAsync(account, Guid.TryParse(segmentId, out var id) ? id : Guid.Empty, null, ct)
        ?? throw RpcErrors.NotFound("segment", segmentId);

    /// <summary>Gets a segment by its name or throws NOT_FOUND.</summary>
    public async Task<Segment> FindByNameAsync(AccountInfo account, string name, CancellationToken ct) =>
        await FindAsync(account, null, name, ct) ?? throw RpcErrors.NotFound("segment", $"\"{name}\"");

    /// <summary>Lists segments by name, after a name.</summary>
    public async Task<(IReadOnlyList<Segment> Segments, bool HasMore)> ListAsync(AccountInfo account, string? after, int size, CancellationToken ct)
    {
        var (snapshot, state) = await indexes.OpenAsync(account.Id, [], ct);
        await using (snapshot)
        {
            var page = await new SegmentStore(snapshot.Transaction, account.Id).ListAsync(after, size, ct);
            return ([.. page.Items.Select(row => ToSegment(row, state))], page.HasMore);
        }
    }

    /// <summary>Changes a segment.</summary>
    public Task<UpdateSegmentResponse> UpdateAsync(AccountInfo account, UpdateSegmentRequest request, ServerCallContext context) =>
        ChangeAsync(account, request, context, async (store, state, ct) =>
        {
            var old = await RequireAsync(store, request.SegmentId, request.Version, ct);
            var newFilter = request.Filter is not null || request.Text.Length > 0;
            var filter = newFilter ? FilterReader.ReadForSaving(request.Filter, request.Text, state) : old.Filter;
            var row = Changed(old, filter) with
            {
                Name = request.HasName ? request.Name : old.Name,
                Description = request.HasDescription ? request.Description : old.Description,
            };
            await SaveAsync(store, row, state, context, request.Text);
            return new UpdateSegmentResponse { Segment = ToSegment(row, state) };
        });

    /// <summary>Makes the filter of an older version current again.</summary>
    public Task<RestoreSegmentVersionResponse> RestoreAsync(
        AccountInfo account, RestoreSegmentVersionRequest request, ServerCallContext context) =>
        changes.RunAsync(account, request, context, async (transaction, state) =>
        {
            var (store, ct) = (new SegmentStore(transaction, account.Id), context.CancellationToken);
            var old = await RequireAsync(store, request.SegmentId, request.Version, ct);
            var restored = await SegmentVersions.RequireAsync(
                new VersionStore(transaction, account.Id), Guid.Parse(old.SegmentId), request.RestoreVersion, ct);
            FilterRequirements.RequireUsable(restored.Filter, state);
            var row = Changed(old, restored.Filter);
            if (row.Version != old.Version)
            {
                await SaveAsync(store, row, state, context);
            }

            return new RestoreSegmentVersionResponse { Segment = ToSegment(row.Version == old.Version ? old : row, state) };
        });

    /// <summary>Replaces the expectations of a segment.</summary>
    public Task<SetSegmentExpectationsResponse> SetExpectationsAsync(
        AccountInfo account, SetSegmentExpectationsRequest request, ServerCallContext context) =>
        ChangeAsync(account, request, context, async (store, state, ct) =>
        {
            var row = await RequireAsync(store, request.SegmentId, 0, ct);
            var wanted = request.Expectations ?? new SegmentExpectations();
            RequireLiving(wanted.MustInclude, "expectations.must_include", state);
            RequireLiving(wanted.MustExclude, "expectations.must_exclude", state);
            var isEmpty = wanted.MustInclude.Count + wanted.MustExclude.Count == 0;
            var expectations = isEmpty ? Expectations.None
                : new Expectations([.. wanted.MustInclude.Distinct()], [.. wanted.MustExclude.Distinct()], context.Principal(), changes.Now);
            await store.SetExpectationsAsync(row.SegmentId, expectations, ct);
            return new SetSegmentExpectationsResponse { Segment = ToSegment(row, state, expectations) };
        });

    /// <summary>Deletes a segment.</summary>
    public Task<DeleteSegmentResponse> DeleteAsync(AccountInfo account, DeleteSegmentRequest request, ServerCallContext context) =>
        changes.RunAsync(account, request, context, async (transaction, _) =>
        {
            var (store, ct) = (new SegmentStore(transaction, account.Id), context.CancellationToken);
            var row = await RequireAsync(store, request.SegmentId, 0, ct);
            if (!request.Force)
            {
                await new ReferenceStore(transaction, account.Id).RequireUnusedAsync("segment", row.SegmentId, row.Name, ct);
            }

            await store.DeleteAsync(Guid.Parse(row.SegmentId), ct);
            return new DeleteSegmentResponse();
        });

    /// <summary>Lists the users of something, after a resource and name.</summary>
    public async Task<IReadOnlyList<Usage>> ListUsagesAsync(
        AccountInfo account, string kind, string target, (string Resource, string Name)? after, int limit, CancellationToken ct)
    {
        var (snapshot, _) = await indexes.OpenAsync(account.Id, [], ct);
        await using (snapshot)
        {
            return await new ReferenceStore(snapshot.Transaction, account.Id).UsersAsync(kind, target, after, limit, ct);
        }
    }

    private Task<T> ChangeAsync<T>(
        AccountInfo account,
        IMessage request,
        ServerCallContext context,
        Func<SegmentStore, AccountState, CancellationToken, Task<T>> change)
        where T : class, IMessage<T>, new() =>
        changes.RunAsync(account, request, context, (transaction, state) =>
            change(new SegmentStore(transaction, account.Id), state, context.CancellationToken));

    private static async Task SaveAsync(SegmentStore store, SegmentRow row, AccountState state, ServerCallContext context, string text = "")
    {
        FilterReader.RequireAcyclic(row.SegmentId, row.Filter, text, state);
        SegmentRoom.Require(row.Filter, state.Definitions.Where(other => other.Key != row.SegmentId).Select(other => other.Value.Filter));
        try
        {
            await store.SaveAsync(row, context.Principal(), context.CancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw RpcErrors.AlreadyExists("segment", row.Name);
        }
    }

    private async Task<Segment?> FindAsync(AccountInfo account, Guid? segmentId, string? name, CancellationToken ct)
    {
        var (snapshot, state) = await indexes.OpenAsync(account.Id, [], ct);
        await using (snapshot)
        {
            var row = await new SegmentStore(snapshot.Transaction, account.Id).FindAsync(segmentId, name, ct);
            return row is null ? null : ToSegment(row, state);
        }
    }

    // A version of 0 is the current one.
    private static async Task<SegmentRow> RequireAsync(SegmentStore store, string segmentId, int version, CancellationToken ct)
    {
        var row = Guid.TryParse(segmentId, out var id) ? await store.FindAsync(id, null, ct) : null;
        return row is null ? throw RpcErrors.NotFound("segment", segmentId)
            : version == 0 || version == row.Version ? row
            : throw RpcErrors.VersionMismatch("segment", segmentId, row.Version);
    }

    private SegmentRow Changed(SegmentRow old, Filter filter) => new(
        old.SegmentId,
        old.Name,
        old.Description,
        JsonFormatter.Default.Format(filter),
        filter.Equals(old.Filter) ? old.Version : old.Version + 1,
        old.CreatedAt,
        changes.Now);

    private static void RequireLiving(IReadOnlyList<int> contactIds, string path, AccountState state)
    {
        for (var i = 0; i < contactIds.Count; i++)
        {
            if (contactIds[i] <= 0 || !state.Living.Contains(contactIds[i]))
            {
                throw RpcErrors.InvalidField($"{path}[{i}]", "is not a living contact");
            }
        }
    }

    private static Segment ToSegment(SegmentRow row, AccountState state, Expectations? expectations = null)
    {
        expectations ??= state.Definitions.GetValueOrDefault(row.SegmentId)?.Expectations ?? Expectations.None;
        var problems = FilterRequirements.Problems(row.Filter, state);
        return new Segment
        {
            SegmentId = row.SegmentId,
            Name = row.Name,
            Description = row.Description,
            Filter = row.Filter,
            Text = FilterPrinter.Print(row.Filter, state.Catalog),
            Version = row.Version,
            State = problems.Count == 0 ? Segment.Types.State.Valid : Segment.Types.State.Invalid,
            Problems = { problems },
            CreateTime = row.CreatedAt.ToTimestamp(),
            UpdateTime = row.UpdatedAt.ToTimestamp(),
            Expectations = expectations.SetAt is not { } setAt ? null : new SegmentExpectations
            {
                MustInclude = { expectations.MustInclude },
                MustExclude = { expectations.MustExclude },
                Author = expectations.Author,
                UpdateTime = setAt.ToTimestamp(),
            },
        };
    }
}
