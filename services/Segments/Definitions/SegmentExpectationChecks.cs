using System.Globalization;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Explain;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Definitions;

/// <summary>Checks the expectations of segments in the same state and at the same <c>now</c> as the evaluation that they belong to.</summary>
internal static class SegmentExpectationChecks
{
    private const int MostNamed = 100;
    private const int MostExplained = 50;

    /// <summary>Gets the matches of a request's filter; throws FAILED_PRECONDITION if a segment that takes part violates its expectations.</summary>
    public static MatchSet Require(IReadOnlyList<MatchSet> evaluated)
    {
        ThrowIfAny([.. evaluated.Skip(1).SelectMany(Violations)]);
        return evaluated[0];
    }

    /// <summary>Counts the expectations of every segment that takes part in a request, and explains the violated ones.</summary>
    public static async Task<CheckSegmentExpectationsResponse> CheckAsync(OpenEvaluation evaluation, CancellationToken ct)
    {
        var (moment, expecting) = (evaluation.Moment, evaluation.Matches.Skip(1).ToList());
        var response = new CheckSegmentExpectationsResponse
        {
            Checked = expecting.Sum(matches => Asked(matches).Expectations.Contacts.Length),
            Violations = { expecting.SelectMany(Violations) },
            EvaluationTime = moment.Now.ToTimestamp(),
        };
        foreach (var violation in response.Violations.Take(MostExplained))
        {
            var filter = moment.Then.Definitions[violation.SegmentId].Filter;
            violation.Explanation = await Explainer.ExplainAsync(moment, filter, violation.ContactId, ct);
        }

        return response;
    }

    /// <summary>Lists the expectations that a set of contacts violates.</summary>
    public static IEnumerable<ExpectationViolation> Violations(SegmentDefinition segment, MatchSet contacts)
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

    private static SegmentDefinition Asked(MatchSet matches) => matches.State.Definitions[matches.Filter.Segment.SegmentId];

    private static IEnumerable<ExpectationViolation> Violations(MatchSet matches) => Violations(Asked(matches), matches);

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
            $"The segment \"{violations[0].SegmentName}\" does not meet its expectations:"
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
