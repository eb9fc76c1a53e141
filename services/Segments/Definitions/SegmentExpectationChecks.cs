using System.Globalization;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Explain;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Definitions;

/// <summary>Checks whom segments must include and exclude, in the same state and at the same <c>now</c> as what is evaluated with them.</summary>
internal sealed class SegmentExpectationChecks(Evaluator evaluator)
{
    private const int MostNamed = 100;
    private const int MostExplained = 50;

    /// <summary>Evaluates a filter; throws FAILED_PRECONDITION if the expectations of a segment that takes part are not met.</summary>
    public Task<Evaluation.Evaluation> EvaluateAsync(int accountId, Func<AccountState, Filter> read, CancellationToken ct) => evaluator.WithinAsync(
        accountId,
        state =>
        {
            var filter = read(state);
            return [new Question(filter), .. Expecting(filter, state).Select(Ask)];
        },
        (_, evaluations) =>
        {
            ThrowIfAny([.. evaluations.Skip(1).SelectMany(Violations)]);
            return Task.FromResult(evaluations[0]);
        },
        ct);

    /// <summary>Checks the expectations of every segment that takes part in a filter, and explains what is not as expected.</summary>
    public Task<CheckSegmentExpectationsResponse> CheckAsync(int accountId, Func<AccountState, Filter> read, CancellationToken ct) =>
        evaluator.WithinAsync(
            accountId,
            state =>
            {
                // Also where nothing is expected, the filter itself is planned: so what cannot be evaluated is told.
                var filter = read(state);
                return [new Question(filter, []), .. Expecting(filter, state).Select(Ask)];
            },
            async (snapshot, evaluations) =>
            {
                var (state, now) = (evaluations[0].State, evaluations[0].Now);
                var response = new CheckSegmentExpectationsResponse
                {
                    Checked = evaluations.Skip(1).Sum(evaluation => Asked(evaluation).Expectations.Contacts.Length),
                    Violations = { evaluations.Skip(1).SelectMany(Violations) },
                    EvaluationTime = now.ToTimestamp(),
                };
                var context = Evaluator.Context(state, now);
                foreach (var violation in response.Violations.Take(MostExplained))
                {
                    violation.Explanation = await Explainer.ExplainAsync(
                        snapshot, state, context, state.Definitions[violation.SegmentId].Filter, violation.ContactId, ct);
                }

                return response;
            },
            ct);

    /// <summary>Gets what a set of contacts violates of some expectations.</summary>
    public static IEnumerable<ExpectationViolation> Violations(SegmentDefinition segment, Evaluation.Evaluation contacts)
    {
        var matching = contacts.Match(segment.Expectations.Contacts).ToHashSet();
        return segment.Expectations.MustInclude.Where(contactId => !matching.Contains(contactId)).Select(contactId => (contactId, true))
            .Concat(segment.Expectations.MustExclude.Where(matching.Contains).Select(contactId => (contactId, false)))
            .OrderBy(violation => violation.contactId)
            .Select(violation => new ExpectationViolation
            {
                SegmentId = segment.SegmentId,
                SegmentName = segment.Name,
                ContactId = violation.contactId,
                MustInclude = violation.Item2,
            });
    }

    private static IEnumerable<SegmentDefinition> Expecting(Filter filter, AccountState state) => FilterReader.Reached(filter, state)
        .Where(segment => segment.Expectations.Contacts.Length > 0)
        .OrderBy(segment => segment.Name, StringComparer.Ordinal);

    private static Question Ask(SegmentDefinition segment) =>
        new(new Filter { Segment = new SegmentClause { SegmentId = segment.SegmentId } }, segment.Expectations.Contacts);

    private static SegmentDefinition Asked(Evaluation.Evaluation evaluation) => evaluation.State.Definitions[evaluation.Filter.Segment.SegmentId];

    private static IEnumerable<ExpectationViolation> Violations(Evaluation.Evaluation evaluation) => Violations(Asked(evaluation), evaluation);

    private static void ThrowIfAny(IReadOnlyList<ExpectationViolation> violations)
    {
        if (violations.Count == 0)
        {
            return;
        }

        var ofFirst = violations.Where(violation => violation.SegmentId == violations[0].SegmentId).ToLookup(violation => violation.MustInclude);
        var (missing, unwanted) = (Numbers(ofFirst[true]), Numbers(ofFirst[false]));
        throw RpcErrors.Create(
            StatusCode.FailedPrecondition,
            ErrorReason.ExpectationFailed,
            $"The segment \"{violations[0].SegmentName}\" is not what is expected of it:"
                + (missing.Length > 0 ? $" it misses the contacts {missing}" : "")
                + (missing.Length > 0 && unwanted.Length > 0 ? " and" : "")
                + (unwanted.Length > 0 ? $" it includes the contacts {unwanted}" : "")
                + ".",
            ("segment", violations[0].SegmentName),
            ("segment_id", violations[0].SegmentId),
            ("missing", missing),
            ("unwanted", unwanted),
            ("violations", violations.Count.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Numbers(IEnumerable<ExpectationViolation> violations)
    {
        var numbers = violations.Select(violation => violation.ContactId.ToString(CultureInfo.InvariantCulture)).ToList();
        return string.Join(", ", numbers.Take(MostNamed)) + (numbers.Count > MostNamed ? ", …" : "");
    }
}
