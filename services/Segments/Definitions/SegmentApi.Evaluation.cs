using System.Globalization;
using System.Runtime.InteropServices;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Bitmaps;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Pipeline.Streams;

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
        return await evaluator.ReadAsync(account, request.CalculateSize(), state => Parse(request.Source, state), context.CancellationToken);
    }

    public override async Task<CountContactsResponse> CountContacts(CountContactsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        await tokens.RequireAsync(account.Id, request.AtLeast, context.CancellationToken);

        var matches = await EvaluateAsync(account, request.Source, request.AsOf, context);

        return new CountContactsResponse
        {
            Count = matches.Count(),
            EvaluationTime = matches.Now.ToTimestamp(),
            ErasedContacts = matches.State.ErasedContacts,
        };
    }

    public override async Task<ListMatchesResponse> ListMatches(ListMatchesRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize, MaxMatchesPage);
        var skip = PageSize.ReadSkip(request.Skip, int.MaxValue);
        var after = tokens.Pages.Read(request) is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : 0;

        var matches = await EvaluateAsync(account, request.Source, request.AsOf, context);
        var page = matches.Page(after, size + 1, skip);

        var response = new ListMatchesResponse
        {
            ContactIds = { page.Take(size) },
            Total = request.ShowTotal ? matches.Count() : 0,
            EvaluationTime = matches.Now.ToTimestamp(),
            ErasedContacts = matches.State.ErasedContacts,
        };
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

        var audience = new RequestedFilter(request.Source) { Include = request.Include, Exclude = request.Exclude };
        var evaluated = await evaluator.EvaluateAsync(
            account,
            new EvaluationRequest(audience) { WithExpectations = request.RequireExpectations },
            request.AsOf,
            context.CancellationToken);
        var matches = request.RequireExpectations ? SegmentExpectationChecks.Require(evaluated) : evaluated[0];
        var every = new StreamMatchesResponse { EvaluationTime = matches.Now.ToTimestamp(), ErasedContacts = matches.State.ErasedContacts };
        await SendAsync(matches.ToBitmap(), every, matches.Versions, request.AfterContactId, responses, context);
    }

    public override async Task<MatchContactsResponse> MatchContacts(MatchContactsRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks()
            .Require(request.ContactIds.Count <= MaxCandidates, "contact_ids", $"has more than {MaxCandidates} numbers")
            .Require(request.MoreSources.Count <= MaxMoreSources, "more_sources", $"has more than {MaxMoreSources} filters")
            .ThrowIfAny();

        IEnumerable<RequestedFilter> more = request.MoreSources.Select((source, i) => new RequestedFilter(source, $"more_sources[{i}]"));
        var evaluated = await evaluator.EvaluateAsync(
            account,
            new EvaluationRequest([new RequestedFilter(request.Source), .. more]) { Candidates = [.. request.ContactIds] },
            request.AsOf,
            context.CancellationToken);

        return new MatchContactsResponse
        {
            MatchingContactIds = { evaluated[0].Match(request.ContactIds) },
            EvaluationTime = evaluated[0].Now.ToTimestamp(),
            ErasedContacts = evaluated[0].State.ErasedContacts,
            MoreMatches =
            {
                evaluated.Skip(1).Select(matches => new ContactMatches { ContactIds = { matches.Match(request.ContactIds) } }),
            },
        };
    }

    public override async Task<ExplainContactResponse> ExplainContact(ExplainContactRequest request, ServerCallContext context)
    {
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        new FieldChecks().Require(request.ContactId > 0, "contact_id", "is required").ThrowIfAny();

        return await explainer.ExplainAsync(account, request.Source, request.ContactId, request.AsOf, context.CancellationToken);
    }

    // Only the answer is kept while it is read, not the state of the account that it comes from.
    private static ParseFilterResponse Parse(FilterSource? source, AccountState state)
    {
        var definition = FilterNormalizer.Normalize(FilterReader.Definition(FilterReader.Read(source, state), state));
        return new ParseFilterResponse { Filter = definition, Text = FilterPrinter.Print(definition, state.Catalog) };
    }

    private static async Task SendAsync(
        Bitmap contacts,
        StreamMatchesResponse every,
        IReadOnlyList<SegmentVersion> versions,
        int after,
        IServerStreamWriter<StreamMatchesResponse> responses,
        ServerCallContext context)
    {
        context.KeepInMemory(contacts.Bytes);

        // The first part is sent even if no contact matches.
        every.Total = contacts.Count;
        var part = every.Clone();
        part.Versions.Add(versions);
        do
        {
            var numbers = contacts.Next(after, ContactsPerMessage);
            part.ContactIds = Pack(numbers);
            await responses.WriteAsync(part, context.CancellationToken);
            part = every.Clone();
            after = numbers.LastOrDefault(int.MaxValue);
        }
        while (after < contacts.Last);
    }

    private async Task<MatchSet> EvaluateAsync(AccountInfo account, FilterSource source, Timestamp? asOf, ServerCallContext context) =>
        (await evaluator.EvaluateAsync(account, new EvaluationRequest(new RequestedFilter(source)), asOf, context.CancellationToken))[0];

    // Little-endian, as the machines that this runs on are.
    private static ByteString Pack(int[] numbers) => ByteString.CopyFrom(MemoryMarshal.AsBytes<int>(numbers));
}
