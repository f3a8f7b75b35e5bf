#!/usr/bin/env python3
"""Holds the .evt reader to the expected listings of generated logs.

    evt_agreement.py LISTING_PROGRAM [--seeds N] [--from SEED] [--evtexport]

Each seed makes one log with options and damage of its own choice and its
undamaged twin.  Undamaged: the listing must agree line for line.  Damaged: each
record whose bytes are all still there must be listed, in order, and nothing
else but records that the damage touched without making them senseless.
With --evtexport the numbers that libevt reads are compared as well, on the
layouts that it reads right.
"""
import argparse
import contextlib
import io
import os
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_evt  # noqa: E402

DAMAGES = ('none', 'cut', 'no-eof', 'bad-length', 'short-length', 'bad-offset', 'many-strings', 'zero-page', 'header')
HEADER = 48


def generate(path, options):
    sys.argv = ['make_evt.py', path, '--quiet'] + options
    with contextlib.redirect_stdout(io.StringIO()):
        make_evt.main()


def options_of(seed):
    rng = random.Random(seed * 7919)
    records = rng.choice((0, 1, 2, 5, 30, 200, 200, 700, 1500))
    special = max(0, records // 5)
    options = ['--seed', str(seed), '--records', str(records), '--perflib', str(rng.randint(0, special)),
               '--imc', str(rng.randint(0, special)), '--decoys', str(rng.randint(0, special)),
               '--first', str(rng.choice((1, 1, 1000, 4000000000)))]
    layout = rng.choice(('saved', 'live', 'dirty', 'wrap', 'wrap', 'wrap-dirty', 'wrap-dirty'))
    if layout == 'live':
        options.append('--live')
    if layout in ('dirty', 'wrap-dirty'):
        options += ['--dirty', '--stale', str(rng.choice((0, 1, 5, 25)))]
    if layout.startswith('wrap'):
        options += ['--wrap', '--max-size', str(4 * rng.randint(2048, 20000))]
    elif rng.random() < 0.3:
        options += ['--max-size', str(65536 * rng.randint(1, 4))]
    if rng.random() < 0.3:
        options.append('--archive')
    return options, DAMAGES[seed % len(DAMAGES)], layout


def spans(data, rows):
    """Bytes of each record that belongs to the log: number -> list of offsets of its pieces."""
    found = {}
    at = data.find(b'LfLe', HEADER)
    while at >= 0:
        start = at - 4
        length = int.from_bytes(data[start:start + 4], 'little')
        number = int.from_bytes(data[at + 4:at + 8], 'little')
        if number in rows and length >= 0x3C:
            pieces = [(start, min(start + length, len(data)))]
            if start + length > len(data):
                pieces.append((HEADER, HEADER + start + length - len(data)))
            found.setdefault(number, []).append(pieces)
        at = data.find(b'LfLe', at + 4)
    return found


def untouched(whole, damaged, rows):
    kept = set()
    for number, places in spans(whole, rows).items():
        pieces = places[-1] if len(places) == 1 else None
        if pieces is None:
            continue
        if all(end <= len(damaged) and whole[a:end] == damaged[a:end] for a, end in pieces):
            if len(pieces) == 1 or len(whole) == len(damaged):
                kept.add(number)
    return kept


def read_rows(path):
    with open(path, encoding='utf-8', newline='\n') as f:
        return f.read().split('\n')[:-1]


def number_of(row):
    return int(row.split('\t', 1)[0])


def exported(path):
    text = subprocess.run(['evtexport', path], capture_output=True, text=True, errors='replace').stdout
    return [int(n) for n in re.findall(r'^Event number\s*: (\d+)', text, re.M)]


def main():
    parser = argparse.ArgumentParser(usage='evt_agreement.py LISTING_PROGRAM [options]')
    parser.add_argument('program')
    parser.add_argument('--seeds', type=int, default=540)
    parser.add_argument('--from', dest='first', type=int, default=0)
    parser.add_argument('--evtexport', action='store_true')
    a = parser.parse_args()
    failures = 0
    compared = 0
    with tempfile.TemporaryDirectory() as folder:
        cases = []
        for seed in range(a.first, a.first + a.seeds):
            options, damage, layout = options_of(seed)
            whole, damaged = os.path.join(folder, 'w%d' % seed), os.path.join(folder, 'd%d' % seed)
            generate(whole, options + ['--expected', whole + '.tsv'])
            generate(damaged, options + ['--damage', damage])
            cases.append((seed, options, damage, layout, whole, damaged))
        for i in range(0, len(cases), 100):
            files = [c[4] for c in cases[i:i + 100]] + [c[5] for c in cases[i:i + 100]]
            if subprocess.run([a.program] + files).returncode != 0:
                sys.exit('the listing program failed')
        for seed, options, damage, layout, whole, damaged in cases:
            expected = read_rows(whole + '.tsv')
            problems = []
            if read_rows(whole + '.listing') != expected:
                problems.append('undamaged log differs')
            rows = {number_of(r): r for r in expected}
            with open(whole, 'rb') as f, open(damaged, 'rb') as g:
                kept = untouched(f.read(), g.read(), rows)
            listed = read_rows(damaged + '.listing')
            numbers = [number_of(r) for r in listed]
            if numbers != sorted(set(numbers)):
                problems.append('numbers out of order or doubled')
            if not kept <= set(numbers):
                problems.append('whole records missing: %s' % sorted(kept - set(numbers))[:10])
            if any(rows.get(number_of(r)) != r for r in listed):
                problems.append('records that do not belong to the log')
            if damage in ('no-eof', 'header') and listed != expected:
                problems.append('%s must not cost a record' % damage)
            # libevt 20200926 stops at a filled tail and after a record that ends with the file.
            if a.evtexport and layout in ('saved', 'live', 'dirty') and expected:
                compared += 1
                if exported(whole) != [number_of(r) for r in expected]:
                    problems.append('evtexport reads other records')
            if problems:
                failures += 1
                print('seed %d damage %s: %s\n  options %s' % (seed, damage, '; '.join(problems), ' '.join(options)))
    if a.evtexport:
        print('compared with evtexport: %d' % compared)
        if compared == 0:
            sys.exit('no log was compared with evtexport')
    print('%d seeds, %d failures' % (a.seeds, failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
