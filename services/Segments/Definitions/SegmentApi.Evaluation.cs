using System.Globalization;
using System.Runtime.InteropServices;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>This part evaluates.</summary>
internal sealed partial class SegmentApi
{
    private const int MaxMatchesPage = 10_000;
    private const int MaxCandidates = 1_000;
    private const int MaxMoreSources = 20;
    private const int MaxSources = 100;
    private const int ContactsPerMessage = 16_384;

    public override async Task<ParseFilterResponse> ParseFilter(ParseFilterRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);

        var (filter, state) = await evaluator.ReadAsync(
            account.Id, state => FilterReader.Read(request.Source, state), context.CancellationToken);

        var definition = FilterNormalizer.Normalize(FilterReader.Definition(filter, state));
        return new ParseFilterResponse { Filter = definition, Text = FilterPrinter.Print(definition, state.Catalog) };
    }

    public override async Task<CountContactsResponse> CountContacts(CountContactsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        await tokens.RequireAsync(account.Id, request.AtLeast, context.CancellationToken);

        var evaluation = await EvaluateAsync(account, request.AsOf, Reader(request.Source), context);

        return new CountContactsResponse { Count = evaluation.Count(), EvaluationTime = evaluation.Now.ToTimestamp() };
    }

    public override async Task<ListMatchesResponse> ListMatches(ListMatchesRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSizes.Check(request.PageSize, MaxMatchesPage);
        var after = tokens.Pages.Read(request) is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : 0;

        var evaluation = await EvaluateAsync(account, request.AsOf, Reader(request.Source), context);
        var page = evaluation.Page(after, size + 1);

        var response = new ListMatchesResponse { ContactIds = { page.Take(size) }, EvaluationTime = evaluation.Now.ToTimestamp() };
        if (page.Length > size)
        {
            response.NextPageToken = tokens.Pages.Create(request, page[size - 1].ToString(CultureInfo.InvariantCulture));
        }

        return response;
    }

    public override async Task StreamMatches(
        StreamMatchesRequest request, IServerStreamWriter<StreamMatchesResponse> responses, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.AfterContactId >= 0, "after_contact_id", "is negative")
            .Require(request.Include.Count <= MaxSources, "include", $"has more than {MaxSources} filters")
            .Require(request.Exclude.Count <= MaxSources, "exclude", $"has more than {MaxSources} filters")
            .Require(request.AsOf is null || !request.RequireExpectations, "as_of", "cannot be sent together with require_expectations")
            .ThrowIfAny();
        await tokens.RequireAsync(account.Id, request.AtLeast, context.CancellationToken);

        var evaluation = request.RequireExpectations
            ? await expectations.EvaluateAsync(account.Id, state => FilterReader.ReadAudience(request, state, state), context.CancellationToken)
            : await EvaluateAsync(account, request.AsOf, (today, then) => FilterReader.ReadAudience(request, today, then), context);
        var contacts = evaluation.ToBitmap();

        // The first part is sent even if nobody matches: it tells so.
        var part = new StreamMatchesResponse { Versions = { evaluation.Versions } };
        var after = request.AfterContactId;
        do
        {
            var numbers = contacts.Next(after, ContactsPerMessage);
            part.Total = contacts.Count;
            part.EvaluationTime = evaluation.Now.ToTimestamp();
            part.ContactIds = Pack(numbers);
            await responses.WriteAsync(part, context.CancellationToken);
            part = new StreamMatchesResponse();
            after = numbers.LastOrDefault(int.MaxValue);
        }
        while (after < contacts.Last);
    }

    public override async Task<MatchContactsResponse> MatchContacts(MatchContactsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.ContactIds.Count <= MaxCandidates, "contact_ids", $"has more than {MaxCandidates} numbers")
            .Require(request.MoreSources.Count <= MaxMoreSources, "more_sources", $"has more than {MaxMoreSources} filters")
            .ThrowIfAny();

        int[] candidates = [.. request.ContactIds];
        var evaluations = await EvaluateTogetherAsync(
            account,
            request.AsOf,
            [Reader(request.Source), .. request.MoreSources.Select((source, i) => Reader(source, $"more_sources[{i}]"))],
            context,
            candidates);

        return new MatchContactsResponse
        {
            MatchingContactIds = { evaluations[0].Match(request.ContactIds) },
            EvaluationTime = evaluations[0].Now.ToTimestamp(),
            MoreMatches =
            {
                evaluations.Skip(1).Select(evaluation => new ContactMatches { ContactIds = { evaluation.Match(request.ContactIds) } }),
            },
        };
    }

    public override async Task<ExplainContactResponse> ExplainContact(ExplainContactRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks().Require(request.ContactId > 0, "contact_id", "is required").ThrowIfAny();

        return await explainer.ExplainAsync(
            account.Id, Reader(request.Source), request.ContactId, request.AsOf, context.CancellationToken);
    }

    private async Task<Evaluation.Evaluation> EvaluateAsync(
        AccountInfo account, Timestamp? asOf, Func<AccountState, AccountState, Filter> read, ServerCallContext context, int[]? candidates = null) =>
        (await EvaluateTogetherAsync(account, asOf, [read], context, candidates))[0];

    private Task<IReadOnlyList<Evaluation.Evaluation>> EvaluateTogetherAsync(
        AccountInfo account, Timestamp? asOf, Func<AccountState, AccountState, Filter>[] reads, ServerCallContext context, int[]? candidates) =>
        anytime.EvaluateAsync(
            account.Id, asOf, (today, then) => [.. reads.Select(read => new Question(read(today, then), candidates))], context.CancellationToken);

    private static Func<AccountState, AccountState, Filter> Reader(FilterSource source, string field = "") =>
        (today, then) => FilterReader.Read(source, today, then, field);

    // Little-endian, as the machines that this runs on are.
    private static ByteString Pack(int[] numbers) => ByteString.CopyFrom(MemoryMarshal.AsBytes<int>(numbers));
}
