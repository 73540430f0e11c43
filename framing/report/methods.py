"""The study as a methods paragraph: what was done, with the figures, and what to cite."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from framing.plural import counted
from framing.report.look import coefficient, percent

_count = partial(counted, form=",")

REFERENCES = {
    "krippendorff": "Krippendorff, K. (2019). Content analysis: An introduction to its methodology (4th "
    "ed.). Sage.",
    "hayes": "Hayes, A. F., & Krippendorff, K. (2007). Answering the call for a standard reliability measure "
    "for coding data. Communication Methods and Measures, 1(1), 77–89. doi:10.1080/19312450709336664",
    "gwet": "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high "
    "agreement. British Journal of Mathematical and Statistical Psychology, 61(1), 29–48. "
    "doi:10.1348/000711006X126600",
    "fleiss": "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological "
    "Bulletin, 76(5), 378–382. doi:10.1037/h0031619",
    "passonneau": "Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and "
    "pragmatic annotation. In Proceedings of LREC 2006.",
    "hall": "Hall, P. (1988). On symmetric bootstrap confidence intervals. Journal of the Royal Statistical "
    "Society, Series B, 50(1), 35–45.",
    "guo": "Guo, C., Pleiss, G., Sun, Y., & Weinberger, K. Q. (2017). On calibration of modern neural "
    "networks. In Proceedings of ICML 2017 (PMLR 70, pp. 1321–1330).",
    "angelopoulos": "Angelopoulos, A. N., Bates, S., Fannjiang, C., Jordan, M. I., & Zrnic, T. (2023). "
    "Prediction-powered inference. Science, 382(6671), 669–674. doi:10.1126/science.adi6000",
    "ppi": "Angelopoulos, A. N., Duchi, J. C., & Zrnic, T. (2023). PPI++: Efficient prediction-powered "
    "inference. arXiv:2311.01453",
    "egami": "Egami, N., Hinck, M., Stewart, B. M., & Wei, H. (2023). Using imperfect surrogates for "
    "downstream inference: Design-based supervised learning for social science applications of large "
    "language models. In Advances in Neural Information Processing Systems 36.",
}


def methods(view: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Write the paragraph's sentences and the references that they need.

    Parameters
    ----------
    view : mapping
        What the report shows: ``codebook corpus sampling reliability gold model findings``, each None
        where the study has none, and ``version``.

    Returns
    -------
    sentences, references : list of str
    """
    sentences = [
        *_material(view),
        *_codebook(view["codebook"]),
        *_sampling(view["sampling"]),
        *_reliability(view["reliability"]),
        *_gold(view["gold"]),
        *_model(view["model"]),
        *_findings(view["findings"]),
        f"All figures were computed with framing {view['version']}.",
    ]
    return sentences, [REFERENCES[name] for name in _cited(view)]


def _material(view: Mapping[str, Any]) -> Iterator[str]:
    corpus = view["corpus"]
    if not corpus:
        return
    span = f", published from {corpus['first']} to {corpus['last']}" if corpus["first"] else ""
    outlets = f" of {_count(corpus['outlets'], 'outlet')}" if corpus["outlets"] else " (outlets not known)"
    yield (
        f"The material is {_count(corpus['articles'], 'article')}{outlets}{span}, "
        f"{_count(corpus['units'], 'unit')} "
        f"in all (one unit: a {view['codebook']['unit']})."
    )


def _codebook(book: Mapping[str, Any]) -> Iterator[str]:
    for variable in book["variables"]:
        how = "exactly one value" if variable["type"] == "one" else "any number of values"
        names = ", ".join(value["name"].replace("_", " ") for value in variable["values"])
        yield (
            f"Each unit is coded on {variable['name']} ({how} of {len(variable['values'])}: {names}; "
            f"codebook {book['hash']})."
        )


def _sampling(found: Mapping[str, Any] | None) -> Iterator[str]:
    if not found:
        yield "Nothing has been coded yet."
        return
    parts = [_drawn(kind) for kind in found["kinds"]]
    yield (
        f"{_count(found['coders'], 'coder')} gave {_count(found['answers'], 'answer')} on "
        f"{_count(found['units'], 'unit')} of {_count(found['articles'], 'article')}: {'; '.join(parts)}."
    )
    if found["twice"]:
        yield (
            f"{_count(found['twice'], 'unit')} ({percent(found['twice'] / found['units'], 1)} of them) were "
            "coded by two coders or more."
        )
    if found["suggested"]:
        yield (
            f"On {_count(found['suggested'], 'unit')} a coder saw a model's suggestion; these are "
            "not in the reliability."
        )


def _drawn(kind: Mapping[str, Any]) -> str:
    count = _count(kind["units"], "unit")
    told = {
        "random": f"{count} drawn at random",
        "all": f"{count} taken as they came, without drawing",
        "uncertain": f"{count} chosen where a model was uncertain (no known chance of being drawn)",
    }.get(kind["sampling"], f"{count} of which it is not known how they were drawn")
    low, high = kind["low"], kind["high"]
    if kind["sampling"] != "random" or low is None:
        return told
    return f"{told} with a chance of {low:.3g}" + (f" to {high:.3g}" if high != low else "")


def _reliability(found: Mapping[str, Any] | None) -> Iterator[str]:
    for item in found["variables"] if found else ():
        yield item["text"]
        if len(item["values"]) > 1 and item["units"]:
            each = "; ".join(_by_value(value) for value in item["values"])
            yield f"Alpha of each value of {item['variable']} against the rest: {each}."
        for own in item["intra_coder"][:1]:
            yield (
                f"On {_count(own['units'], 'unit')} coded twice by the same coder, alpha of coders with "
                f"themselves is {_alpha(own)}."
            )


def _by_value(item: Mapping[str, Any]) -> str:
    return f"{item['value'].replace('_', ' ')} {_alpha(item)}"


def _alpha(item: Mapping[str, Any]) -> str:
    if item["alpha"] is None:
        return f"undefined ({item['reasons']['alpha']})"
    pair = item["alpha_interval"]
    return _short(item["alpha"]) + (f" [{_short(pair[0])}, {_short(pair[1])}]" if pair else "")


def _short(value: float) -> str:
    """Without the leading zero, as the text on reliability has it."""
    return coefficient(value).replace("−", "-").replace("0.", ".", 1)


def _gold(found: Sequence[Mapping[str, Any]] | None) -> Iterator[str]:
    for item in found or ():
        if item["reason"]:
            yield f"On {item['variable']} there is no gold: {item['reason']}."
            continue
        ways = ", ".join(f"{count:,} {_WAYS.get(name, name)}" for name, count in item["methods"].items())
        yield f"The {_count(item['units'], 'unit')} got a value on {item['variable']} thus: {ways}."


_WAYS = {
    "majority": "by a majority of coders",
    "single": "from one coder alone",
    "adjudicated": "by an adjudicator",
    "dawid-skene": "by the model of Dawid and Skene",
    "unresolved": "left open and left out because coders differ",
}


def _model(found: Mapping[str, Any] | None) -> Iterator[str]:
    if not found:
        return
    yield (
        f"The classifier {found['model']} is a penalised logistic regression on words, letter sequences, "
        "static word embeddings, shape and place on the page, calibrated by temperature"
        + (
            f", learnt from {_count(found['units'], 'unit')} of {_count(found['articles'], 'article')}."
            if found["units"]
            else "."
        )
    )
    tested = found["evaluation"]
    if not tested:
        yield "Its accuracy is undefined: it came without a test, or its labels hold one group only."
        return
    yield (
        f"Tested on {found['held_out']}, it has macro-F1 {_figure(tested, 'macro_f1')}, accuracy "
        f"{_figure(tested, 'accuracy')} and an expected calibration error of {tested['ece']:.3f} (95 % "
        "bootstrap intervals that draw whole articles)."
    )


def _figure(figures: Mapping[str, Any], name: str) -> str:
    pair = figures[f"{name}_interval"]
    return f"{figures[name]:.3f}" + (f" [{pair[0]:.3f}, {pair[1]:.3f}]" if pair else " (interval undefined)")


def _findings(found: Mapping[str, Any] | None) -> Iterator[str]:
    if not found:
        return
    if found["gap"]:
        yield f"Shares corrected for the model's errors are undefined: {found['gap']['what'].rstrip('.')}."
        return
    yield (
        "Shares of eligible units are corrected for the model's errors by prediction-powered inference with "
        "power tuning, labels weighted by the inverse of their chance of being drawn, articles as clusters."
    )
    told = [_share(value) for value in found["values"]]
    yield f"They are: {'; '.join(told)}."


def _share(value: Mapping[str, Any]) -> str:
    name, whole = value["name"].replace("_", " "), value["whole"]
    if whole["corrected"] is None:
        return f"{name} undefined ({whole['reason'] or 'no reason known'})"
    if not whole["interval"]:
        return f"{name} {percent(whole['corrected'], 1)} (interval undefined: {whole['reason']})"
    low, high = whole["interval"]
    return f"{name} {percent(whole['corrected'], 1)}, 95 % CI [{100 * low:.1f}, {100 * high:.1f}]"


def _cited(view: Mapping[str, Any]) -> Iterator[str]:
    levels = {item["level"] for item in view["reliability"]["variables"]} if view["reliability"] else set()
    if levels:
        yield from ("krippendorff", "hayes", "gwet", "fleiss", "hall")
    if "masi" in levels:
        yield "passonneau"
    if view["model"]:
        yield "guo"
    if view["findings"] and not view["findings"]["gap"]:
        yield from ("angelopoulos", "ppi", "egami")
